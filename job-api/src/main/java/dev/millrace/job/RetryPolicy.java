package dev.millrace.job;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long a failed job waits before its next attempt.
 *
 * @param shape how the delay grows with the attempt
 * @param base the delay after the first failure, before jitter; positive
 * @param cap no delay is longer; at least {@code base}
 * @param retryFor no attempt begins later than this after the start of the first; empty: only the
 *     number of attempts counts
 */
public record RetryPolicy(Shape shape, Duration base, Duration cap, Optional<Duration> retryFor) {

  /** The growth of the delay: base, base × n² or base × 2ⁿ⁻¹ after failure n. */
  public enum Shape {
    FIXED,
    POLYNOMIAL,
    EXPONENTIAL
  }

  /** Exponential from one second, an hour at the most. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(Shape.EXPONENTIAL, Duration.ofSeconds(1), Duration.ofHours(1));

  /** Without an end but the number of attempts. */
  public RetryPolicy(Shape shape, Duration base, Duration cap) {
    this(shape, base, cap, Optional.empty());
  }

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

  /** The same, for at most so long. */
  public RetryPolicy upTo(Duration time) {
    return new RetryPolicy(shape, base, cap, Optional.of(time));
  }

  /**
   * A delay for the next attempt, with full jitter: anywhere from a tenth of the computed delay to
   * all of it, so that jobs that failed together do not come back together.
   *
   * @param failures how many attempts have failed, at least 1
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
