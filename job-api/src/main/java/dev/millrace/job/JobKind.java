package dev.millrace.job;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
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
    String name,
    Class<P> payloadType,
    int maxAttempts,
    RetryPolicy retry,
    Duration timeout,
    Bounds bounds) {
  /** What the name of a kind matches. */
  public static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_.-]{0,99}");

  /**
   * What the jobs of a kind may cost Postgres.
   *
   * @param payloadBytes the largest payload that is taken, 1 to {@link #MOST_PAYLOAD_BYTES}
   * @param keepCompleted how long completed and cancelled jobs are kept; empty: as long as the
   *     installation keeps them
   * @param keepFailed how long failed jobs are kept; empty likewise
   * @param atOnce how many of its jobs are meant to run at once over all queue workers, 1 to 1000;
   *     empty: as many as there is room for
   */
  public record Bounds(
      int payloadBytes,
      Optional<Duration> keepCompleted,
      Optional<Duration> keepFailed,
      OptionalInt atOnce) {
    /** No kind takes more. */
    public static final int MOST_PAYLOAD_BYTES = 256 * 1024;

    /** 256 KiB, kept as long as the installation says. */
    public static final Bounds DEFAULT =
        new Bounds(MOST_PAYLOAD_BYTES, Optional.empty(), Optional.empty(), OptionalInt.empty());

    public Bounds {
      if (payloadBytes < 1 || payloadBytes > MOST_PAYLOAD_BYTES) {
        throw new IllegalArgumentException(
            "payload_bytes must be 1 to " + MOST_PAYLOAD_BYTES + ", was " + payloadBytes);
      }
      keepCompleted.ifPresent(keep -> notNegative("keep_completed", keep));
      keepFailed.ifPresent(keep -> notNegative("keep_failed", keep));
      atOnce.ifPresent(
          most -> {
            if (most < 1 || most > 1000) {
              throw new IllegalArgumentException("at_once must be 1 to 1000, was " + most);
            }
          });
    }

    private static void notNegative(String field, Duration keep) {
      if (keep.isNegative()) {
        throw new IllegalArgumentException(field + " must not be negative, was " + keep);
      }
    }
  }

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
    return new JobKind<>(
        name, payloadType, 3, RetryPolicy.DEFAULT, Duration.ofMinutes(30), Bounds.DEFAULT);
  }

  public JobKind<P> withMaxAttempts(int attempts) {
    return new JobKind<>(name, payloadType, attempts, retry, timeout, bounds);
  }

  public JobKind<P> withRetry(RetryPolicy policy) {
    return new JobKind<>(name, payloadType, maxAttempts, policy, timeout, bounds);
  }

  public JobKind<P> withTimeout(Duration limit) {
    return new JobKind<>(name, payloadType, maxAttempts, retry, limit, bounds);
  }

  /** With a smaller payload than the 256 KiB that any job may have. */
  public JobKind<P> withPayloadOfAtMost(int bytes) {
    return with(new Bounds(bytes, bounds.keepCompleted(), bounds.keepFailed(), bounds.atOnce()));
  }

  /** With finished jobs kept for other times than the installation's. */
  public JobKind<P> keeping(Duration completed, Duration failed) {
    return with(
        new Bounds(
            bounds.payloadBytes(), Optional.of(completed), Optional.of(failed), bounds.atOnce()));
  }

  /**
   * Sets how many of its jobs may run at once in the installation. The kind {@code mv.refresh} has
   * a limit by this; the jobs of others are limited by {@link JobOptions#limitedTo}.
   */
  public JobKind<P> withAtOnce(int most) {
    return with(
        new Bounds(
            bounds.payloadBytes(),
            bounds.keepCompleted(),
            bounds.keepFailed(),
            OptionalInt.of(most)));
  }

  private JobKind<P> with(Bounds other) {
    return new JobKind<>(name, payloadType, maxAttempts, retry, timeout, other);
  }
}
