package dev.millrace.embedded;

import dev.millrace.embedded.postgres.EmbeddedPostgres;
import java.sql.DriverManager;
import java.sql.SQLException;

/** One statement on a connection of its own. */
public final class SqlCalls {
  private SqlCalls() {}

  public static void run(EmbeddedPostgres postgres, String statement) throws SQLException {
    try (var connection = DriverManager.getConnection(postgres.jdbcUrl());
        var any = connection.createStatement()) {
      any.execute(statement);
    }
  }

  /** The first column of the first row. */
  public static String value(EmbeddedPostgres postgres, String query) throws SQLException {
    try (var connection = DriverManager.getConnection(postgres.jdbcUrl());
        var any = connection.createStatement();
        var rows = any.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
