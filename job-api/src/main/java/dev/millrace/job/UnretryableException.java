package dev.millrace.job;

import dev.millrace.MillraceException;
import java.io.Serial;

/** Another attempt would fail as well: the job fails at once, whatever attempts it has left. */
public final class UnretryableException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  public UnretryableException(String message) {
    super(message);
  }

  public UnretryableException(String message, Throwable cause) {
    super(message, cause);
  }
}
