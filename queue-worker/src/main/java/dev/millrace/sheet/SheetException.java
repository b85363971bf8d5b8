package dev.millrace.sheet;

import dev.millrace.MillraceException;
import java.io.Serial;

/** A whole sheet could not be read. The message names the host at most, so it can be shown. */
public final class SheetException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  private final SheetErrorType type;

  public SheetException(SheetErrorType type, String message) {
    super(message);
    this.type = checked(type, message);
  }

  public SheetException(SheetErrorType type, String message, Throwable cause) {
    super(message, cause);
    this.type = checked(type, message);
  }

  /** Never {@link SheetErrorType#SUCCESS}. */
  public SheetErrorType type() {
    return type;
  }

  private static SheetErrorType checked(SheetErrorType type, String message) {
    if (type == SheetErrorType.SUCCESS) {
      throw new IllegalArgumentException("an error cannot be SUCCESS: " + message);
    }
    return type;
  }
}
