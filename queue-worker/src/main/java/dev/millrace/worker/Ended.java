package dev.millrace.worker;

import dev.millrace.job.NewJob;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came of an attempt, on its way to Postgres. */
sealed interface Ended {
  Attempt attempt();

  /** The job is completed. */
  record Completed(Attempt attempt, @Nullable String result) implements Ended {}

  /** The job waits for its children. */
  record Waiting(Attempt attempt, List<NewJob> children, String result) implements Ended {
    public Waiting {
      children = List.copyOf(children);
    }
  }

  /**
   * The attempt failed; the job is run again after the delay, or fails when it has no attempts left
   * or may not.
   */
  record Failed(Attempt attempt, String error, boolean retry, Duration delay) implements Ended {}

  /** The job goes back without having spent the attempt. */
  record Back(Attempt attempt, Duration delay, boolean snoozed) implements Ended {}

  /** Someone cancelled it. */
  record Cancelled(Attempt attempt) implements Ended {}

  /** The lease is lost: nothing is ours to record. */
  record Abandoned(Attempt attempt) implements Ended {}
}
