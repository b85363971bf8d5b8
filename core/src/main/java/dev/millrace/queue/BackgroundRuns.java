package dev.millrace.queue;

import dev.millrace.db.Sql;
import java.util.List;
import java.util.Objects;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the rows of background workers show of their runs. Each start and each end is appended as an
 * event, in the transaction that it belongs to, and folded into the row at once if no other
 * transaction has locked that; else by a later call of {@link #fold}. So the counters lose nothing,
 * and nothing that decides about a job waits for them. Thread-safe.
 */
public final class BackgroundRuns {
  private static final Logger log = LoggerFactory.getLogger(BackgroundRuns.class);
  private static final String STARTED = Sql.of(BackgroundRuns.class, "started");
  private static final String ENDED = Sql.of(BackgroundRuns.class, "ended");
  private static final int MOST_STEPS = 20;
  private static final String FOLD = Sql.of(BackgroundRuns.class, "fold");

  private final Jdbi jdbi;

  public BackgroundRuns(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Brings the rows up to date that were locked by another transaction before, and those with more
   * events than one step takes.
   */
  public void fold() {
    for (int step = 0; step < MOST_STEPS; step++) {
      if (Calls.withHandle(jdbi, BackgroundRuns::foldSome) == 0) {
        return;
      }
    }
  }

  /** Returns how many events were taken, or dropped. */
  private static long foldSome(Handle handle) {
    return handle.createQuery(FOLD).mapTo(Long.class).one();
  }

  /**
   * Shows the runs among some jobs that have just been claimed. Not in the transaction of the
   * claim: a claim stands, whether it can be shown or not.
   */
  void started(String workerId, List<ClaimedJob> jobs) {
    List<Long> runs =
        jobs.stream()
            .filter(job -> Objects.nonNull(job.backgroundWorker()))
            .map(ClaimedJob::id)
            .toList();
    if (runs.isEmpty()) {
      return;
    }
    try {
      Calls.inTransaction(
          jdbi,
          handle -> {
            int noted =
                handle
                    .createUpdate(STARTED)
                    .bindArray("ids", Long.class, runs)
                    .bind("workerId", workerId)
                    .execute();
            return noted == 0 ? 0 : foldSome(handle);
          });
    } catch (RuntimeException e) {
      log.warn("the start of {} runs of background workers is not shown", runs.size(), e);
    }
  }

  /** Shows the runs among some jobs that have just finished, in the transaction of their end. */
  static void ended(Handle handle, List<Long> jobs) {
    List<RunLog> cycles =
        handle
            .createQuery(ENDED)
            .bindArray("ids", Long.class, jobs)
            .map(ConstructorMapper.of(RunLog.class))
            .list();
    if (!cycles.isEmpty()) {
      foldSome(handle);
      handle.afterCommit(() -> cycles.forEach(RunLog::write));
    }
  }
}
