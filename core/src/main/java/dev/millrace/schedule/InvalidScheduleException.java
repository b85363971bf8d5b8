package dev.millrace.schedule;

import dev.millrace.MillraceException;
import java.io.Serial;

/** A schedule that means nothing. The message names the field, its value, and what is allowed. */
public final class InvalidScheduleException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  private final String field;

  InvalidScheduleException(String field, String value, String allowed) {
    super(message(field, value, allowed));
    this.field = field;
  }

  InvalidScheduleException(String field, String value, String allowed, Throwable cause) {
    super(message(field, value, allowed), cause);
    this.field = field;
  }

  private static String message(String field, String value, String allowed) {
    return field + " must be " + allowed + ", was '" + value + "'";
  }

  /** Such as {@code time_zone}, or {@code cron hour}. */
  public String field() {
    return field;
  }
}
