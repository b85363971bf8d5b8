package dev.millrace.api.workers;

import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.InvalidScheduleException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A background worker: the documented fields first, further ones after them.
 *
 * @param intervalSeconds the interval in force; null when a cron expression is
 * @param lastRunAt when the last run finished, or began if none has finished
 * @param scheduleError why it is not scheduled; null: its schedule can be read
 * @param version of the configuration; also the entity tag
 */
public record WorkerView(
    String workerKey,
    @Nullable String displayName,
    @Nullable String description,
    boolean enabled,
    @Nullable Integer intervalSeconds,
    @Nullable Instant lastRunAt,
    @Nullable String lastRunStatus,
    @Nullable String lastRunError,
    @Nullable Instant lastStartedAt,
    @Nullable Instant lastFinishedAt,
    int runsOkInRow,
    int runsErrorInRow,
    @Nullable String kind,
    @Nullable String cron,
    String timeZone,
    int jitterSeconds,
    String misfirePolicy,
    int misfireLimit,
    String overlapPolicy,
    @Nullable String pausedBy,
    @Nullable String pausedReason,
    @Nullable Instant pausedAt,
    @Nullable Instant nextRunAt,
    @Nullable String scheduleError,
    long version) {

  public static WorkerView of(BackgroundWorker worker) {
    return new WorkerView(
        worker.workerName(),
        worker.displayName(),
        worker.description(),
        worker.enabled(),
        worker.cron() == null ? Integer.valueOf(worker.effectiveIntervalSeconds()) : null,
        worker.lastFinishedAt() == null ? worker.lastStartedAt() : worker.lastFinishedAt(),
        worker.lastStatus(),
        worker.lastErrorMessage(),
        worker.lastStartedAt(),
        worker.lastFinishedAt(),
        worker.runsOkInRow(),
        worker.runsErrorInRow(),
        worker.kind(),
        worker.cron(),
        worker.timeZone(),
        worker.jitterSeconds(),
        worker.misfirePolicy(),
        worker.misfireLimit(),
        worker.overlapPolicy(),
        worker.pausedBy(),
        worker.pausedReason(),
        worker.pausedAt(),
        worker.enabled() ? worker.nextRunAt() : null,
        scheduleError(worker),
        worker.version());
  }

  private static @Nullable String scheduleError(BackgroundWorker worker) {
    try {
      worker.schedule();
      return null;
    } catch (InvalidScheduleException e) {
      return e.getMessage();
    }
  }

  /** Strong and quoted: what {@code If-Match} takes. */
  String tag() {
    return "\"" + version + "\"";
  }
}
