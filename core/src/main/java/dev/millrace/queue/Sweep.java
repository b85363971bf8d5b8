package dev.millrace.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the numbers below a bound again and again, in windows that are as wide as a few
 * milliseconds allow: narrow where many index entries stand, however dead they are, and wide where
 * none do. Not thread-safe.
 */
final class Sweep {
  private static final Duration SHORT = Duration.ofMillis(4);
  private static final Duration LONG = Duration.ofMillis(15);
  private static final long WIDEST = 1L << 60;

  private final long start;
  private final long narrowest;
  private long next;
  private long width = WIDEST;
  private Duration cost = Duration.ZERO;

  /**
   * A sweep at its beginning.
   *
   * @param start the lowest number
   * @param narrowest the width that a window has at least
   */
  Sweep(long start, long narrowest) {
    this.start = start;
    this.narrowest = narrowest;
    this.next = start;
  }

  /** The first number of the window that comes next. */
  long low() {
    return next;
  }

  /** The first number behind that window. */
  long high(long bound) {
    return width >= bound - next ? bound : next + width;
  }

  /**
   * The window has been gone through.
   *
   * @return what the whole round has cost, when this was its last window; else null
   */
  @Nullable Duration passed(long bound, Duration took) {
    next = high(bound);
    cost = cost.plus(took);
    if (took.compareTo(SHORT) < 0) {
      width = width >= WIDEST / 4 ? WIDEST : width * 4;
    } else if (took.compareTo(LONG) > 0) {
      narrow();
    }
    if (next < bound) {
      return null;
    }
    Duration round = cost;
    restart();
    return round;
  }

  /** The window held too much for one look, or for its time; a part of it comes next. */
  void tooWide(long bound) {
    width = Math.max(narrowest, (high(bound) - next) / 4);
  }

  private void narrow() {
    width = Math.max(narrowest, width / 4);
  }

  /** Begins a new round. */
  void restart() {
    next = start;
    cost = Duration.ZERO;
  }
}
