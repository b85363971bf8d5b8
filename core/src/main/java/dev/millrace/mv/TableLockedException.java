package dev.millrace.mv;

import dev.millrace.MillraceException;
import java.io.Serial;

/**
 * Another session holds a lock of the table, or of the registry's row, and nothing has changed. The
 * message names the session. May be tried again.
 */
public final class TableLockedException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  TableLockedException(String message, Throwable cause) {
    super(message, cause);
  }
}
