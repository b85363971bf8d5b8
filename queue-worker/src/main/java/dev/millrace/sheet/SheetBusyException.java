package dev.millrace.sheet;

import dev.millrace.MillraceException;
import java.io.Serial;

/** Other sheets hold all the memory that the process has for them; this one is to be read later. */
public final class SheetBusyException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  SheetBusyException() {
    super("other sheets hold the memory that this process has for sheets; it is read later");
  }
}
