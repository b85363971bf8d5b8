package dev.millrace.queue;

import dev.millrace.MillraceException;
import java.io.Serial;

/** A job cannot be enqueued as it was asked for; nothing was. The message begins with the field. */
public final class RefusedJobException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  private final String field;

  RefusedJobException(String field, String message, Throwable cause) {
    super(message, cause);
    this.field = field;
  }

  /** What is wrong with the job, such as {@code unique_key} or {@code payload.size}. */
  public String field() {
    return field;
  }
}
