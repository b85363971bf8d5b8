@NullMarked
package dev.millrace.api.events;

import org.jspecify.annotations.NullMarked;
