package dev.millrace.app.demo;

import dev.millrace.MillraceException;
import dev.millrace.db.Seed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jdbi.v3.core.Jdbi;

/** The operator's side of the demo: a parts inventory with two views over it, and the sheets. */
public final class DemoData {
  private DemoData() {}

  /**
   * Makes the tables, the views and 120,000 parts, a factory's lots, a community's projects and six
   * years of football, and adds every {@link Seed}; what exists stays as it is.
   */
  public static void fill(Jdbi jdbi) {
    jdbi.useTransaction(
        handle -> {
          run(handle.getConnection(), "schema.sql");
          run(handle.getConnection(), "data.sql");
          run(handle.getConnection(), "wip.sql");
          run(handle.getConnection(), "projects.sql");
          Seed.addAll(handle);
          run(handle.getConnection(), "inventory.sql");
          run(handle.getConnection(), "stats.sql");
        });
  }

  private static void run(Connection connection, String file) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(script(file));
    } catch (SQLException e) {
      throw new MillraceException("the demo's " + file + " failed: " + e.getMessage(), e);
    }
  }

  private static String script(String file) {
    try (InputStream in =
        DemoData.class.getClassLoader().getResourceAsStream("dev/millrace/sql/demo/" + file)) {
      if (in == null) {
        throw new MillraceException("this build carries no " + file + " of the demo");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new MillraceException("the demo's " + file + " cannot be read", e);
    }
  }
}
