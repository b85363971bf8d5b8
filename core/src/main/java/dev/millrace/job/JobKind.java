package dev.millrace.job;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * A name for what code runs a job, and what holds for its jobs unless one of them says otherwise.
 *
 * @param name lower case, such as {@code mv.refresh}; unique among the handlers of an installation
 * @param payloadType a record; its fields in snake_case are what a payload may hold
 * @param maxAttempts 1 to 1000
 * @param timeout the longest one attempt may run
 */
public record JobKind<P>(
    String name, Class<P> payloadType, int maxAttempts, RetryPolicy retry, Duration timeout) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_.-]{0,99}");

  public JobKind {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("kind must match " + NAME + ", was '" + name + "'");
    }
    if (maxAttempts < 1 || maxAttempts > 1000) {
      throw new IllegalArgumentException("max_attempts must be 1 to 1000, was " + maxAttempts);
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout must be positive, was " + timeout);
    }
  }

  /** Three attempts with the default back-off, half an hour each. */
  public static <P> JobKind<P> of(String name, Class<P> payloadType) {
    return new JobKind<>(name, payloadType, 3, RetryPolicy.DEFAULT, Duration.ofMinutes(30));
  }

  public JobKind<P> withMaxAttempts(int attempts) {
    return new JobKind<>(name, payloadType, attempts, retry, timeout);
  }

  public JobKind<P> withRetry(RetryPolicy policy) {
    return new JobKind<>(name, payloadType, maxAttempts, policy, timeout);
  }

  public JobKind<P> withTimeout(Duration limit) {
    return new JobKind<>(name, payloadType, maxAttempts, retry, limit);
  }
}
