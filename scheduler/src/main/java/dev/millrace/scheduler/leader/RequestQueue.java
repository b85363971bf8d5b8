package dev.millrace.scheduler.leader;

import dev.millrace.db.Sql;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * The table {@code mv_refresh_queue}, as applications write and read it: one row for each view.
 * Each committed version of a row becomes one request, which is what decides; the table itself is
 * only read, and changed where a row is free. So its writers wait for no refresh, and a row that is
 * locked delays nothing else. Each method runs in the caller's transaction, which must be short.
 */
final class RequestQueue {
  private static final String ADOPT = Sql.of(RequestQueue.class, "adopt");
  private static final String RESOLVE = Sql.of(RequestQueue.class, "resolve");
  private static final String SERVED = Sql.of(RequestQueue.class, "served");
  private static final String DELETE = Sql.of(RequestQueue.class, "delete");
  private static final String FORGET = Sql.of(RequestQueue.class, "forget");
  private static final String SHOW = Sql.of(RequestQueue.class, "show");
  private static final String FAILURES = Sql.of(RequestQueue.class, "failures");

  private RequestQueue() {}

  /** Makes requests of the rows that were written. Returns their number. */
  static int adopt(Handle handle) {
    return handle.execute(ADOPT);
  }

  /**
   * Deletes the rows whose refresh has committed. Call it when the requests have their registered
   * names. Returns their number.
   */
  static int deleteServed(Handle handle) {
    handle.execute(RESOLVE);
    List<String> free = handle.createQuery(SERVED).mapTo(String.class).list();
    int deleted =
        free.isEmpty()
            ? 0
            : handle.createUpdate(DELETE).bindArray("names", String.class, free).execute();
    handle.execute(FORGET);
    return deleted;
  }

  /** Shows the views that are asked for in other ways, and the failures. Returns their number. */
  static int show(Handle handle) {
    return handle.execute(SHOW) + handle.execute(FAILURES);
  }
}
