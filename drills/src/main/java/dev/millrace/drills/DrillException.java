package dev.millrace.drills;

import dev.millrace.MillraceException;
import java.io.Serial;

/** A drill could not be carried out as planned; what it waited for did not happen. */
public final class DrillException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  public DrillException(String message) {
    super(message);
  }

  public DrillException(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}
