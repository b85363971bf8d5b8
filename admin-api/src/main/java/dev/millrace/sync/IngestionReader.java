package dev.millrace.sync;

import dev.millrace.db.Sql;
import dev.millrace.job.JobState;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.MasterSync;
import dev.millrace.schedule.SyncHours;
import dev.millrace.sync.Ingestion.SyncProgress;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * Reads where the master sync stands. All from Postgres, so that it never contradicts it.
 * Thread-safe.
 */
public final class IngestionReader {
  private static final String UNFINISHED = Sql.of(IngestionReader.class, "unfinished");
  private static final String LAST_SYNC = Sql.of(IngestionReader.class, "lastSync");
  private static final String MASTER = Sql.of(IngestionReader.class, "master");
  private static final String RECENT_LOGS = Sql.of(IngestionReader.class, "recentLogs");

  private final Suppliers suppliers = new Suppliers();

  private record Unfinished(long id, JobState state, long childrenTotal, long childrenLeft) {}

  /**
   * Reads it in the caller's transaction, which should see one moment (repeatable read).
   *
   * @param worker the row of the master sync, if there is one
   * @param now by the database's clock
   */
  public Ingestion read(Handle handle, Optional<BackgroundWorker> worker, Instant now) {
    Optional<Unfinished> sync = unfinished(handle);
    MasterResult master = master(handle, worker);
    return new Ingestion(
        sync.map(job -> state(job.state())).orElse(SyncState.IDLE),
        sync.map(job -> progress(job)).orElse(null),
        sync.map(Unfinished::id).orElse(null),
        handle.createQuery(LAST_SYNC).mapTo(Instant.class).findOne().orElse(null),
        NextSync.after(now, worker),
        suppliers.read(handle, now),
        handle.createQuery(RECENT_LOGS).map(ConstructorMapper.of(ParsingLog.class)).list(),
        master.status(),
        master.error(),
        worker
            .map(BackgroundWorker::cron)
            .flatMap(SyncHours::ofCron)
            .flatMap(SyncHours::unevenNote)
            .orElse(null));
  }

  /** The sync in progress, as the status shows it. */
  public static Optional<Long> running(Handle handle) {
    return unfinished(handle).map(Unfinished::id);
  }

  private record MasterLog(String errorType, String message, Instant createdAt) {}

  private record MasterResult(String status, @Nullable String error) {}

  /** What the log says of the master sheet, or what the last run said if that was later. */
  private static MasterResult master(Handle handle, Optional<BackgroundWorker> worker) {
    Optional<MasterLog> log =
        handle
            .createQuery(MASTER)
            .map(
                (row, context) ->
                    new MasterLog(
                        row.getString("error_type"),
                        row.getString("message"),
                        row.getTimestamp("created_at").toInstant()))
            .findOne();
    Optional<BackgroundWorker> failed =
        worker.filter(run -> "error".equals(run.lastStatus()) && !isOlder(run, log));
    if (failed.isPresent()) {
      return new MasterResult("error", failed.get().lastErrorMessage());
    }
    return log.map(
            line ->
                line.errorType().equals("SUCCESS")
                    ? new MasterResult("success", null)
                    : new MasterResult("error", line.message()))
        .orElse(new MasterResult("pending", null));
  }

  private static boolean isOlder(BackgroundWorker run, Optional<MasterLog> log) {
    Instant end = run.lastFinishedAt();
    return end == null || log.filter(line -> line.createdAt().isAfter(end)).isPresent();
  }

  private static Optional<Unfinished> unfinished(Handle handle) {
    return handle
        .createQuery(UNFINISHED)
        .bind("uniqueKey", MasterSync.UNIQUE_KEY)
        .map(
            (row, context) ->
                new Unfinished(
                    row.getLong("id"),
                    JobState.of(row.getString("state")),
                    row.getLong("children_total"),
                    row.getLong("children_left")))
        .findOne();
  }

  private static SyncState state(JobState job) {
    return switch (job) {
      case SCHEDULED, QUEUED, PROCESSING -> SyncState.SYNCING_MASTER;
      case WAITING -> SyncState.PROCESSING_SUPPLIERS;
      case COMPLETED, FAILED, CANCELLED -> SyncState.IDLE;
    };
  }

  private static @Nullable SyncProgress progress(Unfinished job) {
    if (job.state() != JobState.WAITING) {
      return null;
    }
    long total = job.childrenTotal();
    return new SyncProgress(Math.max(0, total - job.childrenLeft()), total);
  }
}
