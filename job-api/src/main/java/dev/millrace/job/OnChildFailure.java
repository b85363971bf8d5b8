package dev.millrace.job;

import java.util.Locale;

/** What a child that does not complete means for its parent, once the last of them has ended. */
public enum OnChildFailure {
  /** The parent completes; {@code children_failed} counts. */
  CONTINUE,
  /** The parent fails. */
  FAIL;

  /** As SQL and JSON spell it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
