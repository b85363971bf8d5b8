/** Connections of clients that keep to no pace. */
@NullMarked
package dev.millrace.api.server;

import org.jspecify.annotations.NullMarked;
