package dev.millrace.worker;

import dev.millrace.MillraceException;
import java.io.Serial;

/** The failure of an attempt that its handler has already logged as a warning. */
public final class LoggedFailure extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  /**
   * Fails the attempt.
   *
   * @param message kept as the error of the job
   */
  public LoggedFailure(String message) {
    super(message);
  }
}
