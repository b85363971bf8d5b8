package dev.millrace.mv;

import dev.millrace.db.Sql;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears away what concurrent refreshes have deleted, before the view grows: autovacuum gives way
 * to every refresh, and comes too late for a view that is refreshed each few seconds. A view that
 * cannot be vacuumed at the moment is left for the next time. Thread-safe.
 */
final class Vacuum {
  private static final Logger log = LoggerFactory.getLogger(Vacuum.class);
  private static final String DONE = Sql.of(Vacuum.class, "done");

  private final Jdbi jdbi;

  Vacuum(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Vacuums a view, outside any transaction. */
  void run(Target target) {
    try {
      jdbi.useHandle(handle -> run(handle, target));
    } catch (JdbiException e) {
      log.debug("{} was not vacuumed; it will be later", target.name(), e);
    }
  }

  private static void run(Handle handle, Target target) {
    handle.execute("SET lock_timeout = '200ms'");
    handle.execute("SET statement_timeout = '60s'");
    try {
      handle.execute("VACUUM (ANALYZE) " + target.sqlName());
      handle.createUpdate(DONE).bind("name", target.name()).bind("oid", target.oid()).execute();
    } finally {
      handle.execute("RESET lock_timeout");
      handle.execute("RESET statement_timeout");
    }
  }
}
