package dev.millrace.scheduler;

import java.util.Locale;

/** What a fire came to, as {@code fires.outcome} says it. Final. */
enum FireOutcome {
  /** A job was made. */
  ENQUEUED,
  /** The background worker was switched off. */
  DISABLED,
  /** A run before it was unfinished, and the overlap policy lets it stand for this one. */
  OVERLAPPED;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
