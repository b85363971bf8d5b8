package dev.millrace.drills.testbed;

import dev.millrace.drills.DrillException;
import dev.millrace.drills.DrillReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Looks at what is left in the database when a drill is over. Plain SQL over the tables, the
 * drill's own account of every change, and the client's ledger; nothing of the queue's code.
 */
final class Checker {
  private final String jdbcUrl;
  private final List<Long> acknowledged;

  /**
   * Makes it.
   *
   * @param acknowledged the jobs whose enqueue was acknowledged to the client
   */
  Checker(String jdbcUrl, List<Long> acknowledged) {
    this.jdbcUrl = jdbcUrl;
    this.acknowledged = List.copyOf(acknowledged);
  }

  /** What must hold; the statement of each returns one line per violation. */
  private enum Rule {
    LOST("lost"),
    WRONG_END("wrong end"),
    NO_EFFECT("completed without an effect"),
    DUPLICATES("duplicates"),
    STALE("stale commits"),
    TRANSITIONS("unknown transitions"),
    STRANGERS("outcomes recorded by strangers"),
    LOCK_OVERLAP("lock keys held twice"),
    ATTEMPTS("attempts beyond the most");

    private final String title;

    Rule(String title) {
      this.title = title;
    }

    String sql() {
      return resource(name().toLowerCase(Locale.ROOT));
    }
  }

  /**
   * Looks.
   *
   * @param over whether all work had its time; if not, what is not done yet is not lost
   */
  void check(DrillReport report, boolean over) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TEMPORARY TABLE acked (id bigint NOT NULL)");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO acked SELECT unnest(?::bigint[])")) {
        insert.setArray(1, connection.createArrayOf("bigint", acknowledged.toArray()));
        insert.executeUpdate();
      }
      statement.execute("ANALYZE drill.history, drill.effects, acked, millrace.jobs");
      for (Rule rule : Rule.values()) {
        if (rule == Rule.LOST && !over) {
          continue;
        }
        int found = 0;
        try (ResultSet rows = statement.executeQuery(rule.sql())) {
          while (rows.next()) {
            report.violation(rule.title, rows.getString(1));
            found++;
          }
        }
        report.fact(rule.title, found);
      }
      report.fact("effects", number(statement, "SELECT count(*) FROM drill.effects"));
      report.fact(
          "effects repeated by a later attempt",
          number(statement, "SELECT count(*) - count(DISTINCT job_id) FROM drill.effects"));
      report.fact(
          "attempts lost with their worker",
          number(statement, "SELECT count(*) FROM millrace.job_attempts WHERE outcome = 'lost'"));
    } catch (SQLException e) {
      throw new DrillException("the checker could not look", e);
    }
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  /**
   * How long the jobs of lost workers took to run again.
   *
   * @param losses how many of the signals hit a worker that was running jobs
   * @param taken until they were taken back; sorted milliseconds
   * @param again until they ran again, of those that did; sorted milliseconds
   */
  record Rescues(long losses, List<Double> taken, List<Double> again) {
    Rescues {
      taken = List.copyOf(taken);
      again = List.copyOf(again);
    }

    static double percentile(List<Double> millis, int percent) {
      return millis.isEmpty()
          ? 0
          : millis.get(Math.min(millis.size() - 1, millis.size() * percent / 100));
    }
  }

  Rescues rescues() {
    List<Double> taken = new ArrayList<>();
    List<Double> again = new ArrayList<>();
    List<Long> losses = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(resource("rescues"))) {
      while (rows.next()) {
        losses.add(rows.getLong(1));
        add(taken, rows, 2);
        add(again, rows, 3);
      }
    } catch (SQLException e) {
      throw new DrillException("the checker could not look", e);
    }
    return new Rescues(
        losses.stream().distinct().count(),
        taken.stream().sorted().toList(),
        again.stream().sorted().toList());
  }

  private static void add(List<Double> millis, ResultSet row, int column) throws SQLException {
    double one = row.getDouble(column);
    if (!row.wasNull()) {
      millis.add(one);
    }
  }

  private static String resource(String name) {
    String path = "/dev/millrace/drills/check/" + name + ".sql";
    try (InputStream in = Checker.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new DrillException("there is no " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DrillException(path + " cannot be read", e);
    }
  }
}
