package dev.millrace.job;

import java.util.List;
import java.util.Optional;

/**
 * Jobs that belong together: a parent of kind {@link #KIND}, which no worker runs, waits for all of
 * them and shows how they went.
 *
 * @param jobs at least one
 * @param callback enqueued when the last of them has ended, however it ended
 */
public record Batch(List<NewJob> jobs, OnChildFailure onChildFailure, Optional<NewJob> callback) {
  /** The kind of the parent. */
  public static final String KIND = "batch";

  public Batch {
    jobs = List.copyOf(jobs);
    if (jobs.isEmpty()) {
      throw new IllegalArgumentException("jobs must not be empty");
    }
  }
}
