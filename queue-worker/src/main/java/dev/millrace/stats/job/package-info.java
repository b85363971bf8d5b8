/** The handlers of {@code stats.update} and {@code cache.invalidate}. */
@NullMarked
package dev.millrace.stats.job;

import org.jspecify.annotations.NullMarked;
