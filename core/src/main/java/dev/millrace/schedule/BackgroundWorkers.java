package dev.millrace.schedule;

import dev.millrace.db.Sql;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** Reads {@code background_workers}. Thread-safe. */
public final class BackgroundWorkers {
  private static final String ALL = Sql.of(BackgroundWorkers.class, "all");

  private final Jdbi jdbi;

  public BackgroundWorkers(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** All of them, by name. */
  public List<BackgroundWorker> all() {
    return jdbi.withHandle(BackgroundWorkers::allIn);
  }

  /** As {@link #all}, in the caller's transaction. */
  public static List<BackgroundWorker> allIn(Handle handle) {
    return handle.createQuery(ALL).map(ConstructorMapper.of(BackgroundWorker.class)).list();
  }

  public Optional<BackgroundWorker> find(String workerName) {
    return all().stream().filter(worker -> worker.workerName().equals(workerName)).findFirst();
  }
}
