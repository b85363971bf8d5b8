package dev.millrace.health;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Tries that fail in a row, and which of them are worth a line in a log. Thread-safe. */
final class Streak {
  static final Duration SUMMARY = Duration.ofMinutes(1);

  private final LongSupplier nanos;
  private final Duration settling;
  private long began;
  private long told;
  private long ended;
  private boolean anyEnded;

  /** How many tries have failed in a row; read on every success. */
  private volatile int tries;

  Streak(LongSupplier nanos) {
    this(nanos, Duration.ZERO);
  }

  /**
   * Makes one.
   *
   * @param settling for how long after a success a failure is that of a try which began before it
   */
  Streak(LongSupplier nanos, Duration settling) {
    this.nanos = nanos;
    this.settling = settling;
  }

  /** How many have failed, for how long. */
  record State(int tries, long seconds) {}

  /** A try has failed; present if it is the first, or the first since a minute. */
  synchronized Optional<State> failed() {
    long now = nanos.getAsLong();
    if (tries == 0 && anyEnded && now - ended < settling.toNanos()) {
      return Optional.empty();
    }
    tries++;
    if (tries == 1) {
      began = now;
      told = now;
      return Optional.of(state(now));
    }
    if (now - told < SUMMARY.toNanos()) {
      return Optional.empty();
    }
    told = now;
    return Optional.of(state(now));
  }

  /** A try has worked; present if one had failed before. */
  Optional<State> worked() {
    return tries == 0 ? Optional.empty() : end();
  }

  private synchronized Optional<State> end() {
    if (tries == 0) {
      return Optional.empty();
    }
    ended = nanos.getAsLong();
    anyEnded = true;
    State state = state(ended);
    tries = 0;
    return Optional.of(state);
  }

  private State state(long now) {
    return new State(tries, Duration.ofNanos(now - began).toSeconds());
  }
}
