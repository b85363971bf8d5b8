package dev.millrace.scheduler.leader;

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
  private long narrowestOfRound = WIDEST;
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
    long passed = high(bound) - next;
    next = high(bound);
    cost = cost.plus(took);
    if (took.compareTo(SHORT) < 0) {
      width = width >= WIDEST / 4 ? WIDEST : width * 4;
    } else if (took.compareTo(LONG) > 0) {
      narrow(passed);
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
    narrow(high(bound) - next);
  }

  private void narrow(long window) {
    width = Math.max(narrowest, window / 4);
    narrowestOfRound = Math.min(narrowestOfRound, width);
  }

  /** Begins a new round, with a window as narrow as one of the last round had to be. */
  void restart() {
    next = start;
    width = Math.min(width, narrowestOfRound);
    narrowestOfRound = WIDEST;
    cost = Duration.ZERO;
  }
}
