package dev.millrace.status;

import dev.millrace.MillraceException;
import java.io.Serial;

/** A part of the status that takes too long for one reading, and was not read yet. */
final class TooSlowException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  TooSlowException() {
    super(
        "it is being read in the background: a transaction that is open for long keeps the index"
            + " entries of ended jobs");
  }
}
