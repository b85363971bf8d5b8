package dev.millrace.job;

import dev.millrace.MillraceException;
import java.io.Serial;
import java.time.Duration;

/** The attempt failed and says itself when to try again, as a server does with Retry-After. */
public final class RetryAfterException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  private final Duration delay;

  public RetryAfterException(String message, Duration delay) {
    super(message);
    this.delay = delay;
  }

  public Duration delay() {
    return delay;
  }
}
