package dev.millrace.sync;

import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.InvalidScheduleException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When the master sync is due next. */
final class NextSync {
  /** The default of SYNC_INTERVAL_HOURS. */
  private static final Duration DEFAULT_INTERVAL = Duration.ofHours(8);

  private NextSync() {}

  /**
   * What the scheduler has written; without that the next slot of the schedule, and without one of
   * those the next multiple of the default interval, from midnight UTC as the hours {0, 8, 16} are.
   */
  static Instant after(Instant now, Optional<BackgroundWorker> worker) {
    return worker
        .flatMap(row -> Optional.ofNullable(row.nextRunAt()))
        .or(() -> worker.flatMap(row -> nextSlot(row, now)))
        .orElseGet(() -> nextMultiple(now));
  }

  private static Optional<Instant> nextSlot(BackgroundWorker worker, Instant now) {
    try {
      return worker.schedule().next(now);
    } catch (InvalidScheduleException e) {
      return Optional.empty();
    }
  }

  private static Instant nextMultiple(Instant now) {
    long seconds = DEFAULT_INTERVAL.toSeconds();
    return Instant.ofEpochSecond((now.getEpochSecond() / seconds + 1) * seconds);
  }
}
