package dev.millrace.mv;

import org.jspecify.annotations.Nullable;

/**
 * One view's part of a job's result.
 *
 * @param rows how many the view has now; null when an earlier attempt of this job refreshed it
 * @param mode {@code concurrently} or {@code plain}
 */
record Refreshed(String view, @Nullable Long rows, long durationMs, String mode) {}
