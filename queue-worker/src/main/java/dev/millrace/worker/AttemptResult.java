package dev.millrace.worker;

import dev.millrace.job.Outcome;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What came of an attempt, on its way to Postgres. */
sealed interface AttemptResult {
  Attempt attempt();

  /** The job is completed. */
  record Completed(Attempt attempt, @Nullable String result) implements AttemptResult {}

  /** The job is completed, and that was recorded with its effects. */
  record Recorded(Attempt attempt) implements AttemptResult {}

  /** The job waits for its children. */
  record Waiting(Attempt attempt, Outcome.WaitFor waitFor) implements AttemptResult {}

  /**
   * The attempt failed; the job is run again, or fails when it has no attempts left or may not.
   *
   * @param retry null: it is not run again
   */
  record Failed(Attempt attempt, String error, @Nullable Retry retry) implements AttemptResult {}

  /**
   * How a job is run again.
   *
   * @param within not when the next attempt would begin later than this after the first did
   */
  record Retry(Duration delay, Optional<Duration> within) {}

  /** The job goes back without having spent the attempt. */
  record Back(Attempt attempt, Duration delay, boolean snoozed) implements AttemptResult {}

  /** Someone cancelled it. */
  record Cancelled(Attempt attempt) implements AttemptResult {}

  /** The lease is lost: nothing is ours to record. */
  record Abandoned(Attempt attempt) implements AttemptResult {}
}
