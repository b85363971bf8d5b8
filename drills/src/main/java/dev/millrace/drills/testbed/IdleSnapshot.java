package dev.millrace.drills.testbed;

import dev.millrace.drills.DrillException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A session that has read once in a REPEATABLE READ transaction and is idle since: Postgres must
 * keep every row that it could still see, with its index entries, whatever happens to the row.
 */
final class IdleSnapshot {
  private IdleSnapshot() {}

  static void beside(String jdbcUrl, Runnable deed) {
    try (Connection session = DriverManager.getConnection(jdbcUrl)) {
      session.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      session.setAutoCommit(false);
      try (Statement statement = session.createStatement()) {
        statement.execute("SELECT count(*) FROM millrace.jobs");
      }
      deed.run();
      session.rollback();
    } catch (SQLException e) {
      throw new DrillException("the drill's idle session failed", e);
    }
  }
}
