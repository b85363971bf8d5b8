package dev.millrace.sheet;

import dev.millrace.MillraceException;
import java.io.Serial;
import java.time.Duration;

/** A sheet is to be read later, because something that all sheets share is used up for now. */
public final class SheetBusyException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  private final Duration time;

  /**
   * @param time until the sheet may be read
   */
  public SheetBusyException(String reason, Duration time) {
    super(reason);
    this.time = time;
  }

  /** How long to wait at least. */
  public Duration time() {
    return time;
  }
}
