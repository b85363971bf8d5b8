package dev.millrace.stats;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group of functions that are run together.
 *
 * @param tolerate how many functions may fail and the job still completes
 * @param debounceSeconds how long a post-match job waits for another call; 0: not at all
 * @param maxWaitSeconds no longer than this after the first
 */
public record StatsGroup(
    String group,
    int tolerate,
    double debounceSeconds,
    double maxWaitSeconds,
    List<Function> functions) {
  public StatsGroup {
    functions = List.copyOf(functions);
  }

  /**
   * A registered function and its newest run.
   *
   * @param exists false: the function does not exist and cannot be run
   * @param last null: never run, or not kept any more
   */
  public record Function(
      String function,
      List<String> cacheTags,
      double timeLimitSeconds,
      boolean enabled,
      boolean exists,
      @Nullable Run last) {
    public Function {
      cacheTags = List.copyOf(cacheTags);
    }
  }

  /**
   * What came of a run.
   *
   * @param status {@code completed}, {@code failed} or {@code timed_out}
   * @param rows that it wrote
   */
  public record Run(
      String jobId,
      String status,
      Instant finishedAt,
      long durationMs,
      @Nullable Long rows,
      @Nullable String error) {}
}
