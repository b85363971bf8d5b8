package dev.millrace.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A job that this worker holds under a fence.
 *
 * @param payload JSON text
 * @param attempt this one, from 1
 * @param family whether other rows depend on its end: a parent, a background worker, a callback
 * @param runTimeout how long each attempt may run because the job says so; null: as its kind says
 * @param untilDeadline from its start to the job's {@code finish_by}; null: there is none
 * @param fence the number of this claim; every write of its outcome carries it
 * @param waited from when the job was due until this claim
 * @param workerId whose claim it is; carried along with the fence, because a standby that lacks the
 *     last of the log mints the same numbers again after a failover
 */
public record ClaimedJob(
    long id,
    String kind,
    String queue,
    String payload,
    int priority,
    int attempt,
    int maxAttempts,
    long fence,
    String workerId,
    @Nullable String lockKey,
    @Nullable String limitKey,
    @Nullable String backgroundWorker,
    String trigger,
    boolean family,
    @Nullable Duration runTimeout,
    @Nullable Duration untilDeadline,
    Duration waited) {

  /**
   * How long this attempt may run.
   *
   * @param ofKind the time-out of the job's kind
   */
  public Duration timeout(Duration ofKind) {
    Duration most = runTimeout == null ? ofKind : runTimeout;
    return untilDeadline == null || most.compareTo(untilDeadline) < 0 ? most : untilDeadline;
  }
}
