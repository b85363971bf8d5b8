/** What settings become, and which are refused. */
@NullMarked
package dev.millrace.app.config;

import org.jspecify.annotations.NullMarked;
