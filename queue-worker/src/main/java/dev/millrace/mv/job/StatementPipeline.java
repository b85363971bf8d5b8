package dev.millrace.mv.job;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several statements in one round trip. For Postgres each is a statement of its own, with its own
 * snapshot and time-out, and none runs after one that failed.
 */
final class StatementPipeline {
  private StatementPipeline() {}

  static String of(String... statements) {
    return of(List.of(statements));
  }

  static String of(List<String> statements) {
    return String.join(";", statements); // without a space, which pg_stat_activity would show
  }

  /** Reads the one row of the last statement. */
  @FunctionalInterface
  interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /**
   * Sends statements and reads the one row of the last one. Plain JDBC: refreshes are rare, so that
   * a library's lookup of each parameter would always run uncompiled.
   */
  static <T> T ask(
      Connection connection, String statements, Reader<T> reader, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(statements)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.execute();
      return reader.read(lastRow(statement));
    }
  }

  /**
   * The one row of the last statement.
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
      throw new SQLException("the last of several statements returned no row");
    }
    return last;
  }
}
