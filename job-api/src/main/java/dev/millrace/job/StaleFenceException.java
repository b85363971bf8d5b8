package dev.millrace.job;

import dev.millrace.MillraceException;
import java.io.Serial;

/**
 * An attempt wanted to write after its job had been given to another. Millrace throws it, and the
 * transaction is rolled back. A handler lets it pass; what the handler returns or throws after it
 * changes nothing, for the job is the newer attempt's.
 */
public final class StaleFenceException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  /**
   * Made by the queue worker.
   *
   * @param jobId the job's id
   * @param fence the number of the claim that is not the newest any more
   */
  public StaleFenceException(long jobId, long fence) {
    super(
        "fence "
            + fence
            + " of job "
            + jobId
            + " is stale: its work was rolled back; the newer attempt goes on");
  }
}
