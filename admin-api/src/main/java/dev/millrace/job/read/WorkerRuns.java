package dev.millrace.job.read;

import dev.millrace.db.Sql;
import dev.millrace.job.JobState;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** The history of background workers, as far back as jobs are kept. Thread-safe. */
public final class WorkerRuns {
  private static final String LIST = Sql.of(WorkerRuns.class, "list");

  private static final String END = Sql.of(WorkerRuns.class, "end");

  /** The most runs that are read for a page. */
  static final int SCAN_LIMIT = 20_000;

  private final Jdbi jdbi;

  public WorkerRuns(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Runs of one background worker, newest first; {@link #SCAN_LIMIT} of them are read, whatever
   * their states.
   *
   * @param before only runs with a lower id: how a list is continued
   */
  public Page<WorkerRun> list(
      String workerName, Optional<JobState> state, OptionalLong before, int most) {
    long below = before.orElse(Long.MAX_VALUE);
    return jdbi.inTransaction(
        TransactionIsolationLevel.REPEATABLE_READ,
        handle -> {
          List<WorkerRun> found =
              handle
                  .createQuery(LIST)
                  .bind("workerName", workerName)
                  .bind("state", state.map(JobState::text).orElse(null))
                  .bind("before", below)
                  .bind("look", SCAN_LIMIT)
                  .bind("most", most + 1)
                  .map(ConstructorMapper.of(WorkerRun.class))
                  .list();
          return Page.of(found, most, WorkerRun::id, () -> end(handle, workerName, below));
        });
  }

  private static OptionalLong end(Handle handle, String workerName, long before) {
    return handle
        .createQuery(END)
        .bind("workerName", workerName)
        .bind("before", before)
        .bind("look", SCAN_LIMIT)
        .mapTo(Long.class)
        .findOne()
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }
}
