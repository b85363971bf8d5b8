package dev.millrace.sheet;

import dev.millrace.MillraceException;
import java.io.Serial;
import java.time.Duration;

/** A sheet is to be read later, because something that all sheets share is used up for now. */
public final class SheetBusyException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  private static final Duration FOR_MEMORY = Duration.ofMillis(500);

  private final Duration time;

  /** Other sheets use the memory of this process for sheets. */
  SheetBusyException() {
    this("other sheets use the memory of this process for sheets", FOR_MEMORY);
  }

  /**
   * Another reason.
   *
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
