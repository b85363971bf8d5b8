package dev.millrace.job;

import java.util.List;
import java.util.Optional;

/**
 * Jobs that belong together: a parent of kind {@link #KIND}, which no worker runs, waits for all of
 * them and shows how they went.
 *
 * @param jobs at least one; they are inserted in this order
 * @param onChildFailure what the parent becomes when a job does not complete
 * @param callback enqueued when the last of them has ended, however it ended; of it the kind, the
 *     queue, the priority and the payload are kept
 */
public record Batch(List<NewJob> jobs, OnChildFailure onChildFailure, Optional<NewJob> callback) {
  /** The kind of the parent; not one for a handler. */
  public static final String KIND = "batch";

  /**
   * Copies the list.
   *
   * @param jobs at least one; may be changed afterwards
   * @param onChildFailure what the parent becomes when a job does not complete
   * @param callback empty: none
   * @throws IllegalArgumentException when there is no job
   */
  public Batch {
    jobs = List.copyOf(jobs);
    if (jobs.isEmpty()) {
      throw new IllegalArgumentException("jobs must not be empty");
    }
  }
}
