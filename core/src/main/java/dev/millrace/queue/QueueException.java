package dev.millrace.queue;

import dev.millrace.MillraceException;
import java.io.Serial;

/**
 * Postgres refused or failed a statement of the queue. What the statement would have changed is
 * unchanged.
 */
public final class QueueException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  QueueException(String message) {
    super(message);
  }

  QueueException(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}
