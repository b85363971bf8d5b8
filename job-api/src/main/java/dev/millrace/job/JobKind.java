package dev.millrace.job;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * A name for what code runs a job, and what holds for its jobs unless one of them says otherwise.
 *
 * <p>A queue worker writes its kinds into {@code millrace.kinds} when it starts; there the HTTP API
 * and {@code millrace.enqueue} read what a job may hold.
 *
 * @param <P> the record that a payload is read into
 * @param name matches {@link #NAME}, such as {@code mv.refresh}; one handler of a process has it
 * @param payloadType a record; its fields in snake_case are what a payload may hold
 * @param maxAttempts how often a job is tried in all, 1 to 1000
 * @param retry how long a job waits after a failed attempt
 * @param timeout the longest one attempt may run, positive; then it is asked to stop and has failed
 * @param bounds what its jobs may cost Postgres
 */
public record JobKind<P>(
    String name,
    Class<P> payloadType,
    int maxAttempts,
    RetryPolicy retry,
    Duration timeout,
    Bounds bounds) {
  /** What the name of a kind matches: 1 to 100 characters, the first of them a letter. */
  public static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_.-]{0,99}");

  /**
   * What the jobs of a kind may cost Postgres.
   *
   * @param payloadBytes the largest payload that is taken, as Postgres writes it, 1 to {@link
   *     #MOST_PAYLOAD_BYTES}
   * @param keepCompleted how long completed and cancelled jobs are kept, to the second; not
   *     negative; empty: 7 days. What an admin writes into {@code millrace.kinds} counts before it
   * @param keepFailed how long failed jobs are kept, likewise; empty: 30 days
   * @param atOnce how many of its jobs are meant to run at once over all queue workers, 1 to 1000;
   *     empty: as many as there is room for
   */
  public record Bounds(
      int payloadBytes,
      Optional<Duration> keepCompleted,
      Optional<Duration> keepFailed,
      OptionalInt atOnce) {
    /** The largest payload of any kind: 262,144 bytes, which are 256 KiB. */
    public static final int MOST_PAYLOAD_BYTES = 256 * 1024;

    /** 256 KiB; kept for 7 days, or 30 if failed; as many at once as there is room for. */
    public static final Bounds DEFAULT =
        new Bounds(MOST_PAYLOAD_BYTES, Optional.empty(), Optional.empty(), OptionalInt.empty());

    /**
     * Checks the ranges.
     *
     * @param payloadBytes 1 to {@link #MOST_PAYLOAD_BYTES}
     * @param keepCompleted not negative, or empty
     * @param keepFailed not negative, or empty
     * @param atOnce 1 to 1000, or empty
     * @throws IllegalArgumentException when a value is out of range
     */
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

  /**
   * Checks the name and the ranges.
   *
   * @param name matches {@link #NAME}
   * @param payloadType a record
   * @param maxAttempts 1 to 1000
   * @param retry checked by its own constructor
   * @param timeout positive
   * @param bounds checked by their own constructor
   * @throws IllegalArgumentException when the name does not match or a value is out of range
   */
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

  /**
   * Three attempts of up to 30 min each, {@link RetryPolicy#DEFAULT} between them, and {@link
   * Bounds#DEFAULT}.
   *
   * @param <P> the record that a payload is read into
   * @param name matches {@link #NAME}
   * @param payloadType a record
   * @return the kind
   * @throws IllegalArgumentException when the name does not match
   */
  public static <P> JobKind<P> of(String name, Class<P> payloadType) {
    return new JobKind<>(
        name, payloadType, 3, RetryPolicy.DEFAULT, Duration.ofMinutes(30), Bounds.DEFAULT);
  }

  /**
   * Sets how often a job is tried in all, unless it says otherwise itself.
   *
   * @param attempts 1 to 1000; 1: never again
   * @return a changed copy
   * @throws IllegalArgumentException when the number is out of range
   */
  public JobKind<P> withMaxAttempts(int attempts) {
    return new JobKind<>(name, payloadType, attempts, retry, timeout, bounds);
  }

  /**
   * Sets how long a job waits after a failed attempt.
   *
   * @param policy takes the place of {@link RetryPolicy#DEFAULT}
   * @return a changed copy
   */
  public JobKind<P> withRetry(RetryPolicy policy) {
    return new JobKind<>(name, payloadType, maxAttempts, policy, timeout, bounds);
  }

  /**
   * Sets how long one attempt may run, unless the job has a {@link JobOptions#runTimeout} or a
   * {@link JobOptions#finishBy}.
   *
   * @param limit positive
   * @return a changed copy
   * @throws IllegalArgumentException when the limit is not positive
   */
  public JobKind<P> withTimeout(Duration limit) {
    return new JobKind<>(name, payloadType, maxAttempts, retry, limit, bounds);
  }

  /**
   * With a smaller payload than the 256 KiB that any job may have.
   *
   * @param bytes 1 to {@link Bounds#MOST_PAYLOAD_BYTES}
   * @return a changed copy
   * @throws IllegalArgumentException when the size is out of range
   */
  public JobKind<P> withPayloadOfAtMost(int bytes) {
    return with(new Bounds(bytes, bounds.keepCompleted(), bounds.keepFailed(), bounds.atOnce()));
  }

  /**
   * With finished jobs kept for other times than 7 and 30 days.
   *
   * @param completed for completed and cancelled jobs, not negative
   * @param failed for failed jobs, not negative
   * @return a changed copy
   * @throws IllegalArgumentException when a time is negative
   */
  public JobKind<P> keeping(Duration completed, Duration failed) {
    return with(
        new Bounds(
            bounds.payloadBytes(), Optional.of(completed), Optional.of(failed), bounds.atOnce()));
  }

  /**
   * Sets how many of its jobs may run at once in the installation. The kind {@code mv.refresh} has
   * a limit by this; the jobs of others are limited by {@link JobOptions#limitedTo}.
   *
   * @param most 1 to 1000
   * @return a changed copy
   * @throws IllegalArgumentException when the number is out of range
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
