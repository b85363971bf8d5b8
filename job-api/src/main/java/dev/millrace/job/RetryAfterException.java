package dev.millrace.job;

import dev.millrace.MillraceException;
import java.io.Serial;
import java.time.Duration;

/**
 * The attempt failed and says itself when to try again, as a server does with Retry-After. The
 * delay takes the place of the one that {@link RetryPolicy} computes, also above its cap; the
 * number of attempts and {@link RetryPolicy#retryFor} hold as ever.
 */
public final class RetryAfterException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  /** As it was given. */
  private final Duration delay;

  /**
   * Says when to try again.
   *
   * @param message why it failed; its first 2,000 characters are kept with the attempt
   * @param delay from the moment the failure is recorded, by the database's clock, to the
   *     millisecond; zero or less: at once
   */
  public RetryAfterException(String message, Duration delay) {
    super(message);
    this.delay = delay;
  }

  /**
   * How long the job waits for its next attempt.
   *
   * @return as it was given
   */
  public Duration delay() {
    return delay;
  }
}
