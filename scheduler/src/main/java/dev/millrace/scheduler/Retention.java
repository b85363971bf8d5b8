package dev.millrace.scheduler;

import java.time.Duration;

/**
 * How long finished rows are kept. A kind may have retention times of its own for jobs.
 *
 * @param completedJobs completed and cancelled jobs, with their children; no child of them failed
 * @param failedJobs jobs that failed, or one of whose children did
 * @param fires outcomes of slots; longer than {@link SchedulerSettings#lookBack}
 * @param queueWorkers queue workers and scheduler nodes without a heartbeat
 * @param parsingLogs the newest of each supplier stays: it is the supplier's status
 * @param refreshLogs the newest of each view stays
 * @param idempotencyKeys for how long a repeated request is known
 * @param jobMinutes how many attempts ended, by minute
 * @param jobHours the same by hour
 * @param audit 30 days or more: the database refuses to delete what is newer
 */
public record Retention(
    Duration completedJobs,
    Duration failedJobs,
    Duration fires,
    Duration queueWorkers,
    Duration parsingLogs,
    Duration refreshLogs,
    Duration idempotencyKeys,
    Duration jobMinutes,
    Duration jobHours,
    Duration audit) {
  /** The defaults. */
  public static final Retention DEFAULT =
      new Retention(
          Duration.ofDays(7),
          Duration.ofDays(30),
          Duration.ofDays(30),
          Duration.ofDays(7),
          Duration.ofDays(90),
          Duration.ofDays(30),
          Duration.ofDays(1),
          Duration.ofDays(2),
          Duration.ofDays(30),
          Duration.ofDays(365));

  /** The same, with the audit kept for another time. */
  Retention withAudit(Duration time) {
    return new Retention(
        completedJobs,
        failedJobs,
        fires,
        queueWorkers,
        parsingLogs,
        refreshLogs,
        idempotencyKeys,
        jobMinutes,
        jobHours,
        time);
  }
}
