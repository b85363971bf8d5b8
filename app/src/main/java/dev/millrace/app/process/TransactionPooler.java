package dev.millrace.app.process;

import dev.millrace.app.error.TransactionPoolerError;
import dev.millrace.db.SearchPath;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Recognises a pooler between us and Postgres, such as PgBouncer, that lends a server process for
 * one transaction at a time. What we keep on a connection would then meet, or miss, another one:
 * prepared statements, the session's settings, the advisory lock of the migrations.
 */
final class TransactionPooler {
  // the pooler may have several free server processes to choose from
  private static final int TRIES = 4;

  /** A server process: its number, with its start time and address, so that machines differ. */
  private static final String PROCESS =
      "SELECT pg_backend_pid() || ' ' || pg_postmaster_start_time() || ' '"
          + " || coalesce(host(inet_server_addr()), '')";

  private TransactionPooler() {}

  /** Makes another connection like the first. */
  @FunctionalInterface
  interface Another {
    Connection open() throws SQLException;
  }

  /**
   * Two connections that are open at once never have the same server process, unless it is lent.
   *
   * @throws TransactionPoolerError when it is
   */
  static void refuse(Connection first, Another another) throws SQLException {
    try (Connection second = another.open()) {
      for (int i = 0; i < TRIES; i++) {
        if (process(first).equals(process(second))) {
          throw new TransactionPoolerError(
              "DATABASE_URL leads to a pooler that lends connections by transaction (PgBouncer with"
                  + " pool_mode = transaction or statement): connect to Postgres itself, or to a"
                  + " pool with pool_mode = session");
        }
      }
    }
  }

  private static String process(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = " + SearchPath.FIXED);
      try (ResultSet rows = statement.executeQuery(PROCESS)) {
        rows.next();
        return rows.getString(1);
      }
    }
  }
}
