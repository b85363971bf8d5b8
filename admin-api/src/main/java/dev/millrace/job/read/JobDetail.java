package dev.millrace.job.read;

import dev.millrace.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that Postgres knows of one job, as of one moment.
 *
 * @param payload JSON text, an object
 * @param result JSON text
 * @param attempts those that did not complete the job, oldest first; the newest 100
 * @param children how many of its children are in each state; states without any are left out.
 *     Counted are at most {@link #MOST_CHILDREN}
 * @param log the newest 500 lines, oldest first
 */
public record JobDetail(
    Job job,
    String payload,
    @Nullable String result,
    List<Attempt> attempts,
    Map<JobState, Long> children,
    List<LogLine> log) {

  /** Where the counting of children stops. */
  public static final int MOST_CHILDREN = 10_000;

  public JobDetail {
    attempts = List.copyOf(attempts);
    children = Map.copyOf(children);
    log = List.copyOf(log);
  }

  /**
   * An attempt that did not complete its job.
   *
   * @param outcome {@code failed}, {@code lost}, {@code handed_back}, {@code snoozed} or {@code
   *     cancelled}
   */
  public record Attempt(
      int attempt,
      long fence,
      String workerId,
      Instant startedAt,
      Instant finishedAt,
      String outcome,
      @Nullable String error) {}

  /**
   * A line that the handler wrote.
   *
   * @param level {@code debug}, {@code info}, {@code warn} or {@code error}
   */
  public record LogLine(int attempt, Instant at, String level, String message) {}
}
