package dev.millrace.job;

import java.util.List;

/**
 * A batch that has been enqueued.
 *
 * @param jobId its parent, which waits for the jobs
 * @param jobs in the order given
 */
public record EnqueuedBatch(long jobId, List<Enqueued> jobs) {
  /** Copies the list. */
  public EnqueuedBatch {
    jobs = List.copyOf(jobs);
  }
}
