package dev.millrace.job;

import java.util.List;

/**
 * A batch that has been enqueued.
 *
 * @param jobId its parent, which waits for the jobs
 * @param jobs in the order given; one that was not created does not belong to the batch
 */
public record EnqueuedBatch(long jobId, List<Enqueued> jobs) {
  /**
   * Copies the list.
   *
   * @param jobId the parent's id
   * @param jobs may be changed afterwards
   */
  public EnqueuedBatch {
    jobs = List.copyOf(jobs);
  }
}
