package dev.millrace.stats.job;

import dev.millrace.db.SearchPath;
import dev.millrace.db.Sql;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobStoppedException;
import dev.millrace.job.StaleFenceException;
import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Runs one function in a fenced transaction of its own and stores its outcome. */
final class FunctionRun {
  private static final String GUARD = Sql.of(FunctionRun.class, "guard");
  private static final String LIMIT = Sql.of(FunctionRun.class, "limit");
  private static final String WRITTEN = Sql.of(FunctionRun.class, "written");
  private static final String NOTE = Sql.of(FunctionRun.class, "note");

  private final JobContext context;
  private final String group;

  FunctionRun(JobContext context, String group) {
    this.context = context;
    this.group = group;
  }

  /**
   * Runs a function.
   *
   * @return why it failed; empty: it has committed
   * @throws JobStoppedException when the attempt was stopped
   * @throws StaleFenceException when a newer attempt has the job
   */
  Optional<Failure> run(PlannedFunction planned) {
    String sqlName = planned.sqlName();
    if (sqlName == null) {
      return failed(planned, Failure.missing(planned.function()), Duration.ZERO);
    }
    String foreignOwner = planned.foreignOwner();
    if (foreignOwner != null) {
      return failed(planned, Failure.foreign(planned.function(), foreignOwner), Duration.ZERO);
    }
    Clock clock = new Clock();
    try {
      long millis =
          context.inTransaction(
              handle -> {
                one(handle, GUARD, planned.oid());
                one(handle, LIMIT, planned.timeLimit().toMillis());
                long before = written(handle);
                clock.start();
                SearchPath.ofUsers(handle, () -> handle.execute("SELECT " + sqlName + "()"));
                long took = clock.elapsed().toMillis();
                note(handle, planned, took, written(handle) - before, null);
                return took;
              });
      context.log(planned.function() + " completed in " + millis + " ms");
      return Optional.empty();
    } catch (JobStoppedException | StaleFenceException e) {
      throw e;
    } catch (RuntimeException e) {
      context.checkStop();
      Duration ran = clock.elapsed();
      return failed(planned, Failure.of(e, ran, planned.timeLimit()), ran);
    }
  }

  /** Measures the time of the function itself, without the waits before it. */
  private static final class Clock {
    private long begun = -1;

    void start() {
      begun = System.nanoTime();
    }

    Duration elapsed() {
      return begun == -1 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - begun);
    }
  }

  private Optional<Failure> failed(PlannedFunction planned, Failure failure, Duration ran) {
    context.warn(planned.function() + " " + failure.status() + ": " + failure.error());
    context.inTransaction(
        handle -> {
          note(handle, planned, ran.toMillis(), null, failure);
          return failure;
        });
    return Optional.of(failure);
  }

  private static void one(Handle handle, String sql, long argument) {
    handle.select(sql, argument).mapTo(Integer.class).one();
  }

  /** The session's counter of rows written to ordinary tables; only differences count. */
  private static long written(Handle handle) {
    return handle.createQuery(WRITTEN).mapTo(Long.class).one();
  }

  private void note(
      Handle handle,
      PlannedFunction planned,
      long millis,
      @Nullable Long rows,
      @Nullable Failure failure) {
    handle
        .createUpdate(NOTE)
        .bind("jobId", context.jobId())
        .bind("function", planned.function())
        .bind("group", group)
        .bind("status", failure == null ? "completed" : failure.status())
        .bind("attempt", context.attempt())
        .bind("fence", context.fence())
        .bind("durationMs", millis)
        .bind("rows", rows)
        .bind("error", failure == null ? null : failure.error())
        .bindArray("cacheTags", String.class, planned.cacheTags())
        .execute();
  }
}
