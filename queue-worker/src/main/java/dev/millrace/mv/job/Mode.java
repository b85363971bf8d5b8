package dev.millrace.mv.job;

import java.util.Locale;

/** How a view was refreshed; the text stands in {@code mv_refresh_log.mode}. */
enum Mode {
  /** Readers go on; what differs is deleted and inserted. */
  CONCURRENTLY,
  /** The view is written anew; readers wait for the commit. */
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
