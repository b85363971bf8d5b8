package dev.millrace.job;

import dev.millrace.text.CodePoints;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What decides when, and whether, a job may run, beyond its priority and delay. Most jobs need none
 * of it and pay nothing.
 *
 * @param onBusy what a lock key that is held does to the job
 * @param limit how many jobs of a key may run at once
 * @param debounce many calls with one unique key make one job
 * @param throttle after a job of the unique key was enqueued, calls within this time are answered
 *     with it
 * @param startBy not started by then, by the database's clock: fails without running
 * @param finishBy not finished by then: stopped and failed, whatever attempts are left
 * @param runTimeout the longest one attempt may run; empty: the kind's
 * @param callback enqueued when the job and all its children have finished
 */
public record JobOptions(
    OnBusy onBusy,
    Optional<Limit> limit,
    Optional<Debounce> debounce,
    Optional<Duration> throttle,
    Optional<Instant> startBy,
    Optional<Instant> finishBy,
    Optional<Duration> runTimeout,
    Optional<NewJob> callback) {

  /** Nothing out of the ordinary. */
  public static final JobOptions NONE =
      new JobOptions(
          OnBusy.WAIT,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public JobOptions {
    throttle.ifPresent(time -> positive("throttle", time));
    runTimeout.ifPresent(time -> positive("run_timeout", time));
    if (debounce.isPresent() && throttle.isPresent()) {
      throw new IllegalArgumentException("throttle cannot be combined with debounce");
    }
  }

  /** What becomes of a job whose lock key is held when its turn comes. */
  public enum OnBusy {
    /** It waits, and is woken when the key is free. */
    WAIT,
    /** It is cancelled: another run is not needed. */
    SKIP
  }

  /**
   * A limit over all queue workers together.
   *
   * @param key 1 to 200 characters
   * @param most 1 to 1000
   */
  public record Limit(String key, int most) {
    public Limit {
      if (key.isEmpty() || CodePoints.length(key) > 200) {
        throw new IllegalArgumentException(
            "limit_key must have 1 to 200 characters, had " + key.length());
      }
      if (most < 1 || most > 1000) {
        throw new IllegalArgumentException("limit_max must be 1 to 1000, was " + most);
      }
    }
  }

  /**
   * Debounce: the job runs when there was no call for {@code window}, but no later than {@code
   * maxWait} after the first. One job of the key may run while one waits; what the latest call
   * brought is never lost.
   *
   * @param merge what a later call does to the payload of the job that waits
   * @param leading whether a first call after a quiet window runs at once; those that follow within
   *     the window make one more job after it
   */
  public record Debounce(Duration window, Duration maxWait, Merge merge, boolean leading) {
    /** Trailing: the first call waits like the others. */
    public Debounce(Duration window, Duration maxWait, Merge merge) {
      this(window, maxWait, merge, false);
    }

    public Debounce {
      positive("debounce", window);
      if (maxWait.compareTo(window) < 0) {
        throw new IllegalArgumentException(
            "max_wait must be at least the window " + window + ", was " + maxWait);
      }
    }
  }

  /** See {@link Debounce}. */
  public enum Merge {
    REPLACE,
    KEEP,
    /** Fields of the newer win, arrays are joined without doubles. */
    UNION
  }

  private static void positive(String field, Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException(field + " must be positive, was " + time);
    }
  }

  public JobOptions skippingWhenBusy() {
    return new JobOptions(
        OnBusy.SKIP, limit, debounce, throttle, startBy, finishBy, runTimeout, callback);
  }

  public JobOptions limitedTo(Limit most) {
    return new JobOptions(
        onBusy, Optional.of(most), debounce, throttle, startBy, finishBy, runTimeout, callback);
  }

  public JobOptions debounced(Debounce how) {
    return new JobOptions(
        onBusy, limit, Optional.of(how), throttle, startBy, finishBy, runTimeout, callback);
  }

  public JobOptions throttled(Duration time) {
    return new JobOptions(
        onBusy, limit, debounce, Optional.of(time), startBy, finishBy, runTimeout, callback);
  }

  public JobOptions startDeadline(Instant moment) {
    return new JobOptions(
        onBusy, limit, debounce, throttle, Optional.of(moment), finishBy, runTimeout, callback);
  }

  public JobOptions deadline(Instant moment) {
    return new JobOptions(
        onBusy, limit, debounce, throttle, startBy, Optional.of(moment), runTimeout, callback);
  }

  public JobOptions runningAtMost(Duration time) {
    return new JobOptions(
        onBusy, limit, debounce, throttle, startBy, finishBy, Optional.of(time), callback);
  }

  public JobOptions followedBy(NewJob job) {
    return new JobOptions(
        onBusy, limit, debounce, throttle, startBy, finishBy, runTimeout, Optional.of(job));
  }
}
