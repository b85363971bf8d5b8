package dev.millrace.health;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What a log says of something that fails and is tried again: one line when it begins, one each
 * minute while it lasts, one when it is over, however often it is tried. Thread-safe.
 */
public final class Interruption {
  static final Duration SUMMARY = Duration.ofMinutes(1);

  private final String what;
  private final LongSupplier nanos;
  private long began;
  private long told;

  /** How many tries have failed in a row; none is asked for on every success. */
  private volatile int tries;

  public Interruption(String what) {
    this(what, System::nanoTime);
  }

  /** For tests, with a clock of their own. */
  Interruption(String what, LongSupplier nanos) {
    this.what = what;
    this.nanos = nanos;
  }

  /** A try has failed; the line to be logged, if it is time for one. */
  public synchronized Optional<String> failed(String why) {
    long now = nanos.getAsLong();
    int failed = tries + 1;
    tries = failed;
    if (failed == 1) {
      began = now;
      told = now;
      return Optional.of(what + " failed and is tried until it works: " + why);
    }
    if (now - told < SUMMARY.toNanos()) {
      return Optional.empty();
    }
    told = now;
    return Optional.of(
        what + " has failed for " + seconds(now) + " s, " + failed + " times: " + why);
  }

  /** A try has worked; the line to be logged, if one had failed before. */
  public Optional<String> worked() {
    return tries == 0 ? Optional.empty() : over();
  }

  private synchronized Optional<String> over() {
    int failed = tries;
    if (failed == 0) {
      return Optional.empty();
    }
    tries = 0;
    return Optional.of(
        what + " works again after " + seconds(nanos.getAsLong()) + " s; " + failed + " failed");
  }

  private long seconds(long now) {
    return Duration.ofNanos(now - began).toSeconds();
  }
}
