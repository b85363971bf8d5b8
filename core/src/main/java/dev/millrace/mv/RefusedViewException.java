package dev.millrace.mv;

import dev.millrace.MillraceException;
import java.io.Serial;

/** What was wanted of a view cannot be; nothing has changed. */
public final class RefusedViewException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  private final String field;

  RefusedViewException(String field, String message, Throwable cause) {
    super(message, cause);
    this.field = field;
  }

  /**
   * The setting that is wrong, such as {@code max_wait}; {@code view} when there is no such view.
   */
  public String field() {
    return field;
  }
}
