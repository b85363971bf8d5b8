package dev.millrace.mv.job;

import dev.millrace.db.Sql;
import java.sql.SQLException;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the dead rows of concurrent refreshes before the view grows: autovacuum yields to every
 * refresh and comes too late for a view that is refreshed every few seconds. A view that cannot be
 * vacuumed now is vacuumed after a later refresh. Thread-safe.
 */
final class Vacuum {
  private static final Logger log = LoggerFactory.getLogger(Vacuum.class);
  private static final String DONE = Sql.of(Vacuum.class, "done");
  private static final String LIMITS = Sql.of(Vacuum.class, "limits");
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final Jdbi jdbi;

  Vacuum(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Vacuums a view, outside any transaction. */
  void run(RefreshTarget target) {
    try {
      jdbi.useHandle(handle -> run(handle, target));
    } catch (JdbiException | SQLException e) {
      log.debug("{} was not vacuumed; it will be later", target.name(), e);
    }
  }

  private static void run(Handle handle, RefreshTarget target) throws SQLException {
    Limits before = handle.createQuery(LIMITS).map(ConstructorMapper.of(Limits.class)).one();
    handle
        .getConnection()
        .setNetworkTimeout(Runnable::run, (int) LONGEST.multipliedBy(2).toMillis());
    set(handle, new Limits("200ms", LONGEST.toMillis() + "ms"));
    try {
      handle.execute("VACUUM (ANALYZE) " + target.sqlName());
      handle.createUpdate(DONE).bind("name", target.name()).bind("oid", target.oid()).execute();
    } finally {
      set(handle, before);
    }
  }

  private static void set(Handle handle, Limits limits) {
    handle.execute("SET lock_timeout = '" + limits.lock() + "'");
    handle.execute("SET statement_timeout = '" + limits.statement() + "'");
  }

  /** The time-outs of a session, as Postgres shows them. */
  record Limits(String lock, String statement) {}
}
