package dev.millrace.job;

import dev.millrace.MillraceException;
import java.io.Serial;

/** Another attempt would fail as well: the job fails at once, whatever attempts it has left. */
public final class UnretryableException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  /**
   * Without a cause.
   *
   * @param message why; its first 2,000 characters are kept as the error of the job
   */
  public UnretryableException(String message) {
    super(message);
  }

  /**
   * With the failure behind it.
   *
   * @param message why; its first 2,000 characters are kept as the error of the job
   * @param cause for the log only
   */
  public UnretryableException(String message, Throwable cause) {
    super(message, cause);
  }
}
