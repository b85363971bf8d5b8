package dev.millrace.worker;

import dev.millrace.job.Outcome;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How an attempt ended, on its way to Postgres. */
sealed interface AttemptResult {
  Attempt attempt();

  /** The job is completed. */
  record Completed(Attempt attempt, @Nullable String result) implements AttemptResult {}

  /** The job is completed; a transaction of its handler has recorded it. */
  record Recorded(Attempt attempt) implements AttemptResult {}

  /** The job waits for its children. */
  record Waiting(Attempt attempt, Outcome.WaitFor waitFor) implements AttemptResult {}

  /**
   * The attempt failed.
   *
   * @param retry how the job is retried; null: it fails
   */
  record Failed(Attempt attempt, String error, @Nullable Retry retry) implements AttemptResult {}

  /**
   * How a job is retried.
   *
   * @param delay until its next attempt
   * @param within the job fails if the next attempt would begin later than this after the first
   */
  record Retry(Duration delay, Optional<Duration> within) {}

  /**
   * The job goes back to the queue; its attempt does not count.
   *
   * @param delay until it may be claimed again
   * @param snoozed whether its handler asked for it
   */
  record HandedBack(Attempt attempt, Duration delay, boolean snoozed) implements AttemptResult {}

  /** The job was cancelled on request. */
  record Cancelled(Attempt attempt) implements AttemptResult {}

  /** A newer attempt has the job, or the rescuer takes it back: nothing is recorded. */
  record Abandoned(Attempt attempt) implements AttemptResult {}
}
