package dev.millrace.app.error;

import dev.millrace.MillraceException;
import java.io.Serial;

/**
 * A command that cannot be run as given; nothing was changed. The message is for the person at the
 * terminal; the process ends with exit code 2.
 */
public class UserError extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  public UserError(String message) {
    super(message);
  }

  public UserError(String message, Throwable cause) {
    super(message, cause);
  }
}
