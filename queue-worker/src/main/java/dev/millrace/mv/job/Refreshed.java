package dev.millrace.mv.job;

import org.jspecify.annotations.Nullable;

/**
 * One view's part of a job's result.
 *
 * @param rows how many the view has now; null: not counted
 * @param mode {@code concurrently}, {@code plain}, {@code function}, or {@code none}: another
 *     refresh had served the requests, the view is fresh
 */
record Refreshed(String view, @Nullable Long rows, long durationMs, String mode) {
  /** The mode of a view that another refresh has made fresh. */
  static final String NOT_NEEDED = "none";
}
