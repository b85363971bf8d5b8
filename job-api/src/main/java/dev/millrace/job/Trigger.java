package dev.millrace.job;

import java.util.Locale;

/** What had a job enqueued. */
public enum Trigger {
  /** A slot of a schedule. */
  SCHEDULE,
  /** An admin's "run now". */
  MANUAL,
  API,
  CLI,
  /** {@code millrace.enqueue} in an application's transaction. */
  SQL,
  /** A change of a watched table. */
  TABLE,
  /** The job whose child it is. */
  PARENT,
  DEMO;

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
