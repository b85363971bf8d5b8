package dev.millrace.app.doctor;

import dev.millrace.MillraceException;
import dev.millrace.app.doctor.Finding.Severity;
import dev.millrace.app.error.TransactionPoolerError;
import dev.millrace.app.error.UserError;
import dev.millrace.app.process.ProcessContext;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Sql;
import dev.millrace.db.takeover.Migrations;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** What is wrong with a database, asked of Postgres itself. */
public final class PostgresFindings {
  private static final String SERVER = Sql.of(PostgresFindings.class, "server");
  private static final String RIGHTS = Sql.of(PostgresFindings.class, "rights");
  private static final String SCHEMA = Sql.of(PostgresFindings.class, "schema");
  private static final int CONNECTIONS = 2;

  private PostgresFindings() {}

  /**
   * From when on a database is warned of.
   *
   * @param connections in percent of those that others than superusers may open
   * @param age transactions since the oldest row that is not frozen; Postgres stops at 2 billion
   * @param oldest the oldest release of Postgres that is no failure, as {@code server_version_num}
   */
  public record Limits(int connections, long age, int oldest) {
    /** Well before something stops. */
    public static final Limits DEFAULT = new Limits(90, 1_000_000_000, 140_000);
  }

  /** Empty: nothing is wrong. Changes nothing. */
  public static List<Finding> of(DatabaseUrl url, Limits limits) {
    try (Database database = ProcessContext.connect(url, "millrace doctor", CONNECTIONS)) {
      return of(database, limits);
    } catch (TransactionPoolerError e) {
      return List.of(Finding.fail("transaction_pooler", String.valueOf(e.getMessage()), ""));
    } catch (UserError e) {
      return List.of(Finding.fail("postgres_away", String.valueOf(e.getMessage()), ""));
    }
  }

  private static List<Finding> of(Database database, Limits limits) {
    Jdbi jdbi = database.jdbi();
    List<Finding> findings =
        new ArrayList<>(
            ask(
                jdbi,
                SERVER,
                Map.of(
                    "connections",
                    limits.connections(),
                    "age",
                    limits.age(),
                    "oldest",
                    limits.oldest())));
    Clocks.compare("Postgres", () -> now(jdbi)).ifPresent(findings::add);
    List<Finding> migrations = migrations(new Migrations(database));
    findings.addAll(migrations);
    if (migrations.isEmpty()) {
      List<Finding> rights = ask(jdbi, RIGHTS, Map.of());
      findings.addAll(rights);
      if (rights.isEmpty()) {
        findings.addAll(ofTheSchema(jdbi));
      }
    }
    return findings;
  }

  private static List<Finding> ofTheSchema(Jdbi jdbi) {
    try {
      return ask(jdbi, SCHEMA, Map.of());
    } catch (JdbiException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      return List.of(
          Finding.fail(
              "missing_right",
              "what processes, queues, schedules and views do cannot be read: " + why,
              "use the role that Millrace runs as"));
    }
  }

  private static Instant now(Jdbi jdbi) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT clock_timestamp()")
                .mapTo(OffsetDateTime.class)
                .one()
                .toInstant());
  }

  private static List<Finding> migrations(Migrations migrations) {
    List<Finding> findings = new ArrayList<>();
    try {
      int pending = migrations.pending();
      if (pending > 0) {
        findings.add(
            Finding.fail(
                "missing_migration",
                "the database lacks " + pending + " of this release's migrations",
                "run millrace migrate"));
      }
      List<String> unknown = migrations.unknown();
      if (!unknown.isEmpty()) {
        findings.add(
            Finding.fail(
                "unknown_migration",
                "the database has migrations that this release does not know: "
                    + String.join(", ", unknown),
                "use the release that made them"));
      }
    } catch (MillraceException e) {
      findings.add(Finding.fail("missing_migration", String.valueOf(e.getMessage()), ""));
    }
    return findings;
  }

  private static List<Finding> ask(Jdbi jdbi, String query, Map<String, ?> bound) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(query)
                .bindMap(bound)
                .map(
                    (row, context) ->
                        new Finding(
                            Severity.valueOf(row.getString("severity")),
                            row.getString("code"),
                            row.getString("message"),
                            row.getString("advice")))
                .list());
  }
}
