package dev.millrace.job;

import dev.millrace.MillraceException;
import java.io.Serial;

/**
 * An attempt ended early because it was asked to stop. {@link JobContext} throws it; a handler lets
 * it pass. The reason of the stop decides about the job. After a cancel it is cancelled; after its
 * time-out it is retried while it has attempts left; when its queue worker stops, it goes back to
 * the queue with the attempt not spent; when its queue worker has lost it, another attempt runs.
 */
public final class JobStoppedException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  /**
   * Made by the queue worker.
   *
   * @param jobId the job's id
   * @param reason why it was stopped, such as "timed out"
   */
  public JobStoppedException(long jobId, String reason) {
    super("job " + jobId + " stopped: " + reason);
  }
}
