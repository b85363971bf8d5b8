package dev.millrace.job;

import dev.millrace.MillraceException;
import java.io.Serial;

/** An attempt wanted to write after its job had been given to another. */
public final class StaleFenceException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  public StaleFenceException(long jobId, long fence) {
    super(
        "fence "
            + fence
            + " of job "
            + jobId
            + " is stale: its work was rolled back; the newer attempt goes on");
  }
}
