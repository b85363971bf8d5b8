package dev.millrace.stats.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One function's part of a job's result.
 *
 * @param status {@code completed}, {@code failed} or {@code timed_out}
 * @param rows that it wrote
 * @param attempt of the job, in which it ran
 */
record FunctionOutcome(
    String function,
    String status,
    int attempt,
    long durationMs,
    @Nullable Long rows,
    @Nullable String error,
    List<String> cacheTags) {
  FunctionOutcome {
    cacheTags = List.copyOf(cacheTags);
  }

  boolean completed() {
    return status.equals("completed");
  }
}
