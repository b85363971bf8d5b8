package dev.millrace.schedule;

import dev.millrace.db.Sql;
import dev.millrace.job.JobState;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** The history of background workers, as far back as jobs are kept. Thread-safe. */
public final class WorkerRuns {
  private static final String LIST = Sql.of(WorkerRuns.class, "list");

  private final Jdbi jdbi;

  public WorkerRuns(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Runs of one background worker, newest first.
   *
   * @param before only runs with a lower id: how a list is continued
   */
  public List<WorkerRun> list(
      String workerName, Optional<JobState> state, OptionalLong before, int most) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(LIST)
                .bind("workerName", workerName)
                .bind("state", state.map(JobState::text).orElse(null))
                .bind("before", before.orElse(Long.MAX_VALUE))
                .bind("most", most)
                .map(ConstructorMapper.of(WorkerRun.class))
                .list());
  }
}
