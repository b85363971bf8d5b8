/** The throughput of the last minutes, hours or days: one answer for however many callers. */
@NullMarked
package dev.millrace.api.throughput;

import org.jspecify.annotations.NullMarked;
