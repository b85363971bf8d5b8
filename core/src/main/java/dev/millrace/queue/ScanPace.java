package dev.millrace.queue;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How often a full look may be taken. While a transaction of anybody holds an old snapshot,
 * Postgres cannot remove the index entries of jobs that have ended, and a scan that begins at the
 * first entry reads all of them. A scan that is cheap is made whenever it is wanted; one that is
 * not is given a rest in proportion to its cost, so that it never takes more than two per cent of
 * the time, or as much as the caller says. Not thread-safe.
 */
public final class ScanPace {
  /** Longer than a scan of a thousand rows takes without an old snapshot. */
  public static final Duration CHEAP = Duration.ofMillis(15);

  private static final int REST = 50;
  private static final Duration LONGEST_REST = Duration.ofMinutes(2);

  private final Duration cheap;
  private final int rest;
  private final LongSupplier nanos;
  private long next;
  private boolean begun;

  public ScanPace() {
    this(CHEAP);
  }

  /**
   * A pace of its own.
   *
   * @param cheap how long a scan may take that is made whenever it is wanted
   */
  public ScanPace(Duration cheap) {
    this(cheap, REST);
  }

  /**
   * A pace with a rest of its own.
   *
   * @param rest a scan that was not cheap pauses this many times as long as it took
   */
  public ScanPace(Duration cheap, int rest) {
    this(cheap, rest, System::nanoTime);
  }

  public ScanPace(Duration cheap, LongSupplier nanos) {
    this(cheap, REST, nanos);
  }

  ScanPace(Duration cheap, int rest, LongSupplier nanos) {
    this.cheap = cheap;
    this.rest = rest;
    this.nanos = nanos;
  }

  /** Whether the full look may be taken now. */
  public boolean due() {
    return !begun || nanos.getAsLong() - next >= 0;
  }

  /**
   * Notes what a full look has cost.
   *
   * @return whether that was too long for a scan that is made each time
   */
  public boolean took(Duration cost) {
    boolean dear = cost.compareTo(cheap) > 0;
    Duration wanted = dear ? cost.multipliedBy(rest) : Duration.ZERO;
    next =
        nanos.getAsLong() + (wanted.compareTo(LONGEST_REST) < 0 ? wanted : LONGEST_REST).toNanos();
    begun = true;
    return dear;
  }
}
