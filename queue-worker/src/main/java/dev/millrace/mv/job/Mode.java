package dev.millrace.mv.job;

import java.util.Locale;

/** How a view was refreshed; its text is stored in {@code mv_refresh_log.mode}. */
enum Mode {
  /** Readers are not blocked; rows that differ are deleted and inserted. */
  CONCURRENTLY,
  /** The view is rewritten; readers wait for the commit. */
  PLAIN,
  /** A function did it. */
  FUNCTION;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Mode of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
