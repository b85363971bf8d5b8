package dev.millrace.schedule;

import dev.millrace.db.Sql;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.Query;

/** Reads {@code background_workers}. Thread-safe. */
public final class BackgroundWorkers {
  private static final String ALL = Sql.of(BackgroundWorkers.class, "all");
  private static final String ONE = Sql.of(BackgroundWorkers.class, "one");

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
    return queryAll(handle).map(ConstructorMapper.of(BackgroundWorker.class)).list();
  }

  /** The rows of {@link #allIn} before they are mapped. */
  public static Query queryAll(Handle handle) {
    return handle.createQuery(ALL);
  }

  public Optional<BackgroundWorker> find(String workerName) {
    return jdbi.withHandle(handle -> findIn(handle, workerName));
  }

  /** As {@link #find}, as the caller's transaction sees it. */
  public static Optional<BackgroundWorker> findIn(Handle transaction, String workerName) {
    return transaction
        .createQuery(ONE)
        .bind("workerName", workerName)
        .map(ConstructorMapper.of(BackgroundWorker.class))
        .findOne();
  }
}
