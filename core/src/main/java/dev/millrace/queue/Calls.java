package dev.millrace.queue;

import java.sql.SQLException;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;

/** Plain JDBC where every microsecond per job counts, with its checked exceptions ending here. */
final class Calls {
  private Calls() {}

  static <T> T withHandle(Jdbi jdbi, HandleCallback<T, SQLException> work) {
    try {
      return jdbi.withHandle(work);
    } catch (SQLException e) {
      throw new QueueException("a statement of the queue failed", e);
    }
  }

  static <T> T inTransaction(Jdbi jdbi, HandleCallback<T, SQLException> work) {
    try {
      return jdbi.inTransaction(work);
    } catch (SQLException e) {
      throw new QueueException("a transaction of the queue failed and was rolled back", e);
    }
  }
}
