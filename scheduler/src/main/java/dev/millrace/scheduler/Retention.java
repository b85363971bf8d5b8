package dev.millrace.scheduler;

import java.time.Duration;

/**
 * How long finished things are kept. A kind may have its jobs kept for other times.
 *
 * @param completedJobs completed and cancelled jobs, with their children; no child of them failed
 * @param failedJobs jobs that failed, or one of whose children did
 * @param fires what became of slots; longer than missed slots are looked for
 * @param queueWorkers queue worker and scheduler processes that are gone
 * @param parsingLogs the newest of each supplier stays: it is the supplier's status
 * @param refreshLogs the newest of each view stays
 * @param idempotencyKeys for how long a repeated request is known
 */
public record Retention(
    Duration completedJobs,
    Duration failedJobs,
    Duration fires,
    Duration queueWorkers,
    Duration parsingLogs,
    Duration refreshLogs,
    Duration idempotencyKeys) {
  /** What holds when nobody says otherwise. */
  public static final Retention DEFAULT =
      new Retention(
          Duration.ofDays(7),
          Duration.ofDays(30),
          Duration.ofDays(30),
          Duration.ofDays(7),
          Duration.ofDays(90),
          Duration.ofDays(30),
          Duration.ofDays(1));
}
