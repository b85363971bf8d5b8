package dev.millrace.scheduler;

import java.util.Locale;

/** The outcome of a fire, as in {@code fires.outcome}. It never changes. */
enum FireOutcome {
  /** A job was made. */
  ENQUEUED,
  /** The background worker was switched off. */
  DISABLED,
  /** An earlier run was unfinished, and the overlap policy skips this one. */
  OVERLAPPED;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
