package dev.millrace.job;

import java.util.Locale;

/** What a child that does not complete means for its parent, once the last of them has ended. */
public enum OnChildFailure {
  /** The parent completes; its {@code children_failed} says how many did not. */
  CONTINUE,
  /** The parent fails. Its other children run to their end all the same. */
  FAIL;

  /**
   * As SQL and JSON spell it.
   *
   * @return the name in lower case, such as {@code continue}
   */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
