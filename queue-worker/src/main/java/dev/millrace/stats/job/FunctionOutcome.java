package dev.millrace.stats.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one function in a job's result.
 *
 * @param status {@code completed}, {@code failed} or {@code timed_out}
 * @param rows how many it wrote; null: it failed
 * @param attempt the attempt of the job in which it ran
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
