package dev.millrace.job;

import dev.millrace.text.CodePoints;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What decides when, and whether, a job may run, beyond its priority and delay. Most jobs need none
 * of it and pay nothing. Durations count to the millisecond, and moments by the database's clock. A
 * retry by hand takes both deadlines away.
 *
 * @param onBusy what a lock key that is held does to the job; nothing without a lock key
 * @param limit how many jobs of a key may run at once; empty: as many as there is room for
 * @param debounce many calls with one unique key make one job; empty: each call is one
 * @param throttle after a job of the unique key was enqueued, calls within this time are answered
 *     with it, finished or not; positive; not together with debounce; empty: no time
 * @param startBy not started by then: fails without running; empty: may start at any time
 * @param finishBy not finished by then, its children included: they are stopped and it fails,
 *     whatever attempts are left; empty: no such end
 * @param runTimeout the longest one attempt may run, positive; empty: as long as the kind says; in
 *     either case not beyond {@code finishBy}
 * @param callback enqueued when the job and all its children have finished, however they ended; of
 *     it the kind, the queue, the priority and the payload are kept; empty: none
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

  /** Nothing out of the ordinary: waits for its lock key, and all else is empty. */
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

  /**
   * Checks the durations.
   *
   * @param onBusy what a lock key that is held does
   * @param limit checked by its own constructor
   * @param debounce checked by its own constructor; not together with throttle
   * @param throttle positive, or empty
   * @param startBy may be past: then the job fails
   * @param finishBy likewise
   * @param runTimeout positive, or empty
   * @param callback of a kind, a queue and a payload that Postgres takes
   * @throws IllegalArgumentException when a duration is not positive, or debounce and throttle are
   *     both given
   */
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
   * A limit over all queue workers together. Jobs of any kind may share a key.
   *
   * @param key 1 to 200 characters
   * @param most how many jobs of the key may run at once, 1 to 1000; each job goes by its own
   *     number
   */
  public record Limit(String key, int most) {
    /**
     * Checks both.
     *
     * @param key 1 to 200 characters, of which an emoji is one
     * @param most 1 to 1000
     * @throws IllegalArgumentException when one of them is out of range
     */
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
   * brought is never lost. Needs a unique key; jobs of two kinds cannot share it.
   *
   * @param window how long no call may come before the job runs, positive
   * @param maxWait how long calls may put the job off after the first, at least the window; ten
   *     windows are what SQL and HTTP take by default
   * @param merge what a later call does to the payload of the job that waits
   * @param leading whether a first call after a quiet window runs at once; those that follow within
   *     the window make one more job after it
   */
  public record Debounce(Duration window, Duration maxWait, Merge merge, boolean leading) {
    /**
     * Trailing: the first call waits like the others.
     *
     * @param window positive
     * @param maxWait at least the window
     * @param merge what a later call does to the payload of the job that waits
     * @throws IllegalArgumentException when a duration is out of range
     */
    public Debounce(Duration window, Duration maxWait, Merge merge) {
      this(window, maxWait, merge, false);
    }

    /**
     * Checks the durations.
     *
     * @param window positive
     * @param maxWait at least the window
     * @param merge what a later call does to the payload of the job that waits
     * @param leading whether a first call runs at once
     * @throws IllegalArgumentException when a duration is out of range
     */
    public Debounce {
      positive("debounce", window);
      if (maxWait.compareTo(window) < 0) {
        throw new IllegalArgumentException(
            "max_wait must be at least the window " + window + ", was " + maxWait);
      }
    }
  }

  /** What a later call does to the payload of the debounced job that waits. */
  public enum Merge {
    /** The later payload takes the place of the earlier one. */
    REPLACE,
    /** The earlier payload stays, the later one is dropped. */
    KEEP,
    /**
     * The job gets the fields of both. Where both have a field the later wins, and two arrays are
     * joined without doubles, in the order of their first appearance.
     */
    UNION
  }

  private static void positive(String field, Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException(field + " must be positive, was " + time);
    }
  }

  /**
   * Has the job cancelled, not put off, when its lock key is held.
   *
   * @return a changed copy
   */
  public JobOptions skippingWhenBusy() {
    return new JobOptions(
        OnBusy.SKIP, limit, debounce, throttle, startBy, finishBy, runTimeout, callback);
  }

  /**
   * Lets the job run only while fewer jobs of a key run than a limit says.
   *
   * @param most the key and the number
   * @return a changed copy
   */
  public JobOptions limitedTo(Limit most) {
    return new JobOptions(
        onBusy, Optional.of(most), debounce, throttle, startBy, finishBy, runTimeout, callback);
  }

  /**
   * Makes one job of many calls with the unique key.
   *
   * @param how the times and what becomes of the payloads
   * @return a changed copy
   * @throws IllegalArgumentException when there is a throttle
   */
  public JobOptions debounced(Debounce how) {
    return new JobOptions(
        onBusy, limit, Optional.of(how), throttle, startBy, finishBy, runTimeout, callback);
  }

  /**
   * Has calls with the unique key answered with the job that one of them made before.
   *
   * @param time since that job was enqueued, positive
   * @return a changed copy
   * @throws IllegalArgumentException when the time is not positive, or there is a debounce
   */
  public JobOptions throttled(Duration time) {
    return new JobOptions(
        onBusy, limit, debounce, Optional.of(time), startBy, finishBy, runTimeout, callback);
  }

  /**
   * Has the job fail when its first attempt has not begun by a moment.
   *
   * @param moment by the database's clock
   * @return a changed copy with this {@link #startBy}
   */
  public JobOptions startDeadline(Instant moment) {
    return new JobOptions(
        onBusy, limit, debounce, throttle, Optional.of(moment), finishBy, runTimeout, callback);
  }

  /**
   * Has the job stopped and failed when it and its children have not finished by a moment.
   *
   * @param moment by the database's clock
   * @return a changed copy with this {@link #finishBy}
   */
  public JobOptions deadline(Instant moment) {
    return new JobOptions(
        onBusy, limit, debounce, throttle, startBy, Optional.of(moment), runTimeout, callback);
  }

  /**
   * Sets how long one attempt may run, in place of the kind's time-out.
   *
   * @param time positive; it may be longer than the kind's
   * @return a changed copy with this {@link #runTimeout}
   * @throws IllegalArgumentException when the time is not positive
   */
  public JobOptions runningAtMost(Duration time) {
    return new JobOptions(
        onBusy, limit, debounce, throttle, startBy, finishBy, Optional.of(time), callback);
  }

  /**
   * Has another job enqueued when this one and all its children have finished, however they ended.
   *
   * @param job of it the kind, the queue, the priority and the payload are kept; it is ready at
   *     once, and its attempts are its kind's
   * @return a changed copy with this {@link #callback}
   */
  public JobOptions followedBy(NewJob job) {
    return new JobOptions(
        onBusy, limit, debounce, throttle, startBy, finishBy, runTimeout, Optional.of(job));
  }
}
