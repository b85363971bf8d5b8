package dev.millrace.mv.job;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Statements that are sent together and answered together: for Postgres each is one of its own,
 * with its own snapshot and its own time-out, and none runs after one that failed.
 */
final class StatementPipeline {
  private StatementPipeline() {}

  static String of(String... statements) {
    return of(List.of(statements));
  }

  static String of(List<String> statements) {
    return String.join(
        ";", statements); // without a space, with which pg_stat_activity would show it
  }

  /** Reads the one row of the last of them. */
  @FunctionalInterface
  interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /**
   * Sends statements and reads the one row of the last of them. In plain JDBC: refreshes are so
   * rare that a library's lookup of each parameter would run uncompiled, every time.
   */
  static <T> T ask(
      Connection connection, String statements, Reader<T> reader, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(statements)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      boolean unused = statement.execute();
      return reader.read(lastRow(statement));
    }
  }

  /**
   * The one row of the last of them.
   *
   * @param executed closes the row
   */
  private static ResultSet lastRow(PreparedStatement executed) throws SQLException {
    @Nullable ResultSet last;
    do {
      last = executed.getResultSet();
    } while (executed.getMoreResults(Statement.KEEP_CURRENT_RESULT)
        || executed.getUpdateCount() != -1);
    if (last == null || !last.next()) {
      throw new SQLException("the last of several statements has answered with no row");
    }
    return last;
  }
}
