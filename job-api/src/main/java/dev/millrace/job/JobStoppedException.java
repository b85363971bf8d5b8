package dev.millrace.job;

import dev.millrace.MillraceException;
import java.io.Serial;

/** An attempt ended early because it was asked to stop. */
public final class JobStoppedException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  public JobStoppedException(long jobId, String reason) {
    super("job " + jobId + " stopped: " + reason);
  }
}
