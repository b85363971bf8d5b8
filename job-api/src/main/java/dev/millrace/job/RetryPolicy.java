package dev.millrace.job;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long a failed job waits before its next attempt. Its kind sets it; the queue worker applies
 * it when an attempt fails. A job whose queue worker was lost is queued again by a back-off of its
 * own, within a minute of being found.
 *
 * @param shape how the delay grows with the number of the attempt
 * @param base the delay after the first failure, before jitter; positive
 * @param cap no delay is longer; at least {@code base}
 * @param retryFor the job fails instead when its next attempt would be due later than this after
 *     the start of the first; positive; empty: only the number of attempts counts
 */
public record RetryPolicy(Shape shape, Duration base, Duration cap, Optional<Duration> retryFor) {

  /** The growth of the delay, before cap and jitter. */
  public enum Shape {
    /** The base after each failure: with 1 s always 1 s. */
    FIXED,
    /** The base × n² after failure n: with 1 s it is 1, 4, 9, 16 s. */
    POLYNOMIAL,
    /** The base × 2ⁿ⁻¹ after failure n: with 1 s it is 1, 2, 4, 8 s. */
    EXPONENTIAL
  }

  /**
   * Exponential from 1 s up to 1 h, without an end but the number of attempts. The delay is at most
   * 1 s after the first failure, 2 s after the second, 4 s after the third, 512 s after the tenth
   * and 1 h from the thirteenth on. The jitter makes it shorter, down to a tenth: 0.1 to 1 s after
   * the first failure, 6 min to 1 h from the thirteenth on.
   */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(Shape.EXPONENTIAL, Duration.ofSeconds(1), Duration.ofHours(1));

  /**
   * Without an end but the number of attempts.
   *
   * @param shape how the delay grows
   * @param base positive
   * @param cap at least {@code base}
   * @throws IllegalArgumentException when base or cap is out of range
   */
  public RetryPolicy(Shape shape, Duration base, Duration cap) {
    this(shape, base, cap, Optional.empty());
  }

  /**
   * Checks the durations.
   *
   * @param shape how the delay grows
   * @param base positive
   * @param cap at least {@code base}
   * @param retryFor positive, or empty
   * @throws IllegalArgumentException when a duration is out of range
   */
  public RetryPolicy {
    if (base.isNegative() || base.isZero()) {
      throw new IllegalArgumentException("base must be positive, was " + base);
    }
    if (cap.compareTo(base) < 0) {
      throw new IllegalArgumentException("cap must be at least base " + base + ", was " + cap);
    }
    if (retryFor.filter(time -> time.isNegative() || time.isZero()).isPresent()) {
      throw new IllegalArgumentException("retry_for must be positive, was " + retryFor.get());
    }
  }

  /**
   * The same with a limit of the time between the start of the first attempt and the last retry.
   *
   * @param time positive
   * @return the policy with this {@link #retryFor}
   * @throws IllegalArgumentException when the time is not positive
   */
  public RetryPolicy upTo(Duration time) {
    return new RetryPolicy(shape, base, cap, Optional.of(time));
  }

  /**
   * A delay for the next attempt, with full jitter: anywhere from a tenth of the computed delay to
   * all of it, so that jobs that failed together do not come back together.
   *
   * @param failures the number of the attempt that has failed, at least 1; attempts that were lost
   *     with their queue worker are counted too
   * @param random the source of the jitter
   * @return in whole milliseconds, at most {@link #cap}
   */
  public Duration delayAfter(int failures, RandomGenerator random) {
    double factor =
        switch (shape) {
          case FIXED -> 1;
          case POLYNOMIAL -> Math.pow(failures, 2);
          case EXPONENTIAL -> Math.pow(2, failures - 1.0);
        };
    double full = Math.min((double) base.toMillis() * factor, (double) cap.toMillis());
    return Duration.ofMillis((long) (full * (0.1 + 0.9 * random.nextDouble())));
  }
}
