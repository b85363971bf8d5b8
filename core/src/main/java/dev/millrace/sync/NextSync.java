package dev.millrace.sync;

import dev.millrace.schedule.BackgroundWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When the master sync is due next. */
final class NextSync {
  /** SYNC_INTERVAL_HOURS when nobody sets it. */
  private static final Duration DEFAULT_INTERVAL = Duration.ofHours(8);

  private NextSync() {}

  /**
   * What the scheduler has written; without that the next multiple of the interval, counted from
   * midnight UTC as the documented hours {0, 8, 16} are.
   */
  static Instant after(Instant now, Optional<BackgroundWorker> worker) {
    return worker
        .flatMap(row -> Optional.ofNullable(row.nextRunAt()))
        .orElseGet(
            () -> nextMultiple(now, worker.map(NextSync::interval).orElse(DEFAULT_INTERVAL)));
  }

  private static Duration interval(BackgroundWorker worker) {
    return worker.cron() != null
        ? DEFAULT_INTERVAL
        : Duration.ofSeconds(worker.effectiveIntervalSeconds());
  }

  private static Instant nextMultiple(Instant now, Duration interval) {
    long seconds = interval.toSeconds();
    return Instant.ofEpochSecond((now.getEpochSecond() / seconds + 1) * seconds);
  }
}
