package dev.millrace.api.workers;

import dev.millrace.schedule.BackgroundWorker;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A background worker: the documented fields first, ours after them.
 *
 * @param intervalSeconds the interval in force; null when a cron expression is
 * @param lastRunAt when the last run finished, or began if none has finished
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
    @Nullable Instant nextRunAt,
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
        worker.nextRunAt(),
        worker.version());
  }

  /** Strong and quoted: what {@code If-Match} takes. */
  String tag() {
    return "\"" + version + "\"";
  }
}
