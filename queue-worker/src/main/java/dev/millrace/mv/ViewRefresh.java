package dev.millrace.mv;

import dev.millrace.MillraceException;
import dev.millrace.db.Sql;
import dev.millrace.job.JobContext;
import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/** Refreshes one view inside an open transaction. Immutable. */
final class ViewRefresh {
  private static final String TARGET = Sql.of(ViewRefresh.class, "target");
  private static final String GUARD = Sql.of(ViewRefresh.class, "guard");
  private static final String TAKE_REQUESTS = Sql.of(ViewRefresh.class, "takeRequests");
  private static final String ROWS_WRITTEN = Sql.of(ViewRefresh.class, "rowsWritten");
  private static final String LOG = Sql.of(ViewRefresh.class, "log");
  private static final String DONE_BEFORE = Sql.of(ViewRefresh.class, "doneBefore");
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);

  private final Duration lockTimeout;

  /**
   * A refresh that waits for others to leave the view alone.
   *
   * @param lockTimeout for each lock; after it the view counts as held by somebody
   */
  ViewRefresh(Duration lockTimeout) {
    this.lockTimeout = lockTimeout;
  }

  /**
   * What an earlier attempt of the job did for a view, so that a retry does not do it again. Empty
   * at the first attempt.
   */
  Optional<Refreshed> doneBefore(Handle handle, JobContext context, String name) {
    return handle
        .createQuery(DONE_BEFORE)
        .bind("view", name)
        .bind("jobId", context.jobId())
        .bind("firstFence", context.attempt() == 1 ? context.fence() : 0)
        .map(ConstructorMapper.of(Refreshed.class))
        .findOne();
  }

  /**
   * Refreshes the view with everything that belongs to it. The caller commits.
   *
   * @throws MillraceException when there is no such view
   */
  Refreshed run(Handle handle, JobContext context, String name) {
    setLocal(handle, "lock_timeout", lockTimeout);
    setLocal(handle, "statement_timeout", context.timeLeft());
    setLocal(handle, "idle_in_transaction_session_timeout", IDLE_TIMEOUT);
    TargetView view = target(handle, name);
    handle.createQuery(GUARD).bind("oid", view.oid()).mapTo(Integer.class).one();
    Long waited = takeRequests(handle, view);
    Mode mode = view.mode();
    long before = written(handle, view);
    long begun = System.nanoTime();
    handle.execute(
        "REFRESH MATERIALIZED VIEW "
            + (mode == Mode.CONCURRENTLY ? "CONCURRENTLY " : "")
            + view.sqlName());
    long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
    long rows = rows(handle, view, mode, before);
    log(handle, context, new Line(name, "success", millis, rows, null, waited, mode.text()));
    return new Refreshed(name, rows, millis, mode.text());
  }

  /**
   * Writes the log row of a refresh that failed; the requests it would have served are still there.
   */
  void logFailure(Handle handle, JobContext context, String name, Duration took, String error) {
    log(handle, context, new Line(name, "error", took.toMillis(), null, error, null, null));
  }

  private static TargetView target(Handle handle, String name) {
    return handle
        .createQuery(TARGET)
        .bind("name", name)
        .map(ConstructorMapper.of(TargetView.class))
        .findOne()
        .orElseThrow(
            () ->
                new MillraceException(
                    "there is no materialized view " + name + ", or several are called so"));
  }

  /** How long the oldest request waited, in milliseconds; null when there was none. */
  private static @Nullable Long takeRequests(Handle handle, TargetView view) {
    return handle.createQuery(TAKE_REQUESTS).bind("oid", view.oid()).mapTo(Long.class).one();
  }

  /**
   * Exact. After a plain refresh from the transaction's own statistics, which cost nothing while
   * readers wait; else counted.
   */
  private static long rows(Handle handle, TargetView view, Mode mode, long writtenBefore) {
    if (mode == Mode.PLAIN) {
      long written = written(handle, view) - writtenBefore;
      if (written > 0) {
        return written;
      }
    }
    return handle.createQuery("SELECT count(*) FROM " + view.sqlName()).mapTo(Long.class).one();
  }

  private static long written(Handle handle, TargetView view) {
    return handle.createQuery(ROWS_WRITTEN).bind("oid", view.oid()).mapTo(Long.class).one();
  }

  private record Line(
      String view,
      String status,
      long durationMs,
      @Nullable Long rows,
      @Nullable String error,
      @Nullable Long waitedMs,
      @Nullable String mode) {}

  private static void log(Handle handle, JobContext context, Line line) {
    handle
        .createUpdate(LOG)
        .bind("view", line.view())
        .bind("status", line.status())
        .bind("durationMs", line.durationMs())
        .bind("rows", line.rows())
        .bind("error", line.error())
        .bind("waitedMs", line.waitedMs())
        .bind("mode", line.mode())
        .bind("trigger", context.trigger().text())
        .bind("jobId", context.jobId())
        .bind("fence", context.fence())
        .execute();
  }

  private static void setLocal(Handle handle, String setting, Duration value) {
    handle
        .createQuery("SELECT set_config(:setting, :value, true)")
        .bind("setting", setting)
        .bind("value", Math.max(1, value.toMillis()) + "ms")
        .mapTo(String.class)
        .one();
  }
}
