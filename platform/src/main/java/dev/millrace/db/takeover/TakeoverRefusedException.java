package dev.millrace.db.takeover;

import dev.millrace.MillraceException;

/** Something stands in the way; nothing was changed. The message has each refusal's way out. */
public final class TakeoverRefusedException extends MillraceException {
  private static final long serialVersionUID = 1L;

  TakeoverRefusedException(String message) {
    super(message);
  }
}
