package dev.millrace.sheet;

import dev.millrace.MillraceException;
import java.io.Serial;

/** Other sheets use the memory of this process for sheets; this one is read later. */
public final class SheetBusyException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  SheetBusyException() {
    super("other sheets use the memory of this process for sheets; this one is read later");
  }
}
