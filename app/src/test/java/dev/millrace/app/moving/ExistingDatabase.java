package dev.millrace.app.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.command.MigrateCommand;
import dev.millrace.app.error.UserError;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import picocli.CommandLine;

/**
 * A database as other systems have it on the day before Millrace. Its owner {@code appowner} may
 * neither create roles nor bypass row security; {@code webapp} is the role of the application.
 */
final class ExistingDatabase implements AutoCloseable {
  private static final AtomicInteger made = new AtomicInteger();
  private static final String PASSWORD = "only-for-tests";

  private final String server;
  private final String name;
  private final Database owner;
  private final Database webapp;

  private ExistingDatabase(String server, String name) {
    this.server = server;
    this.name = name;
    this.owner = Database.open(url("appowner"), "owner", 4, Limits.LONG);
    this.webapp = Database.open(url("webapp"), "webapp", 4, Limits.LONG);
  }

  /**
   * Makes one.
   *
   * @param systems whose tables are in it
   */
  static ExistingDatabase of(EmbeddedPostgres postgres, List<Application> systems) {
    String database = "existing_" + made.incrementAndGet();
    try (Database admin =
        Database.open(DatabaseUrl.parse(postgres.jdbcUrl()), "admin", 1, Limits.LONG)) {
      admin
          .jdbi()
          .useHandle(
              handle -> {
                for (String role : List.of("appowner", "webapp")) {
                  handle.execute(
                      "DO $$ BEGIN IF to_regrole('%1$s') IS NULL THEN CREATE ROLE %1$s LOGIN PASSWORD '%2$s'; END IF; END $$"
                          .formatted(role, PASSWORD));
                }
                handle.execute("CREATE DATABASE " + database + " OWNER appowner");
              });
    }
    ExistingDatabase existing = new ExistingDatabase(postgres.jdbcUrl(), database);
    systems.forEach(system -> system.load(existing));
    return existing;
  }

  /**
   * A server whose user may make roles and databases.
   *
   * @param options which server
   */
  static EmbeddedPostgres server(Path directory, EmbeddedPostgres.Options options) {
    EmbeddedPostgres postgres =
        EmbeddedPostgres.start(directory, options.withSuperuser().withSetting("fsync", "off"));
    try (Handle admin = Jdbi.open(postgres.jdbcUrl())) {
      admin.execute("DROP ROLE IF EXISTS millrace_readonly");
    }
    return postgres;
  }

  private DatabaseUrl url(String role) {
    return DatabaseUrl.parse(
        "postgresql://" + role + ":" + PASSWORD + "@127.0.0.1:" + port() + "/" + name);
  }

  private String port() {
    return Pattern.compile(":(\\d+)/").matcher(server).results().findFirst().orElseThrow().group(1);
  }

  /** {@code DATABASE_URL} of the owner. */
  String databaseUrl() {
    return "postgresql://appowner:" + PASSWORD + "@127.0.0.1:" + port() + "/" + name;
  }

  /** What a command has printed, with its exit code. */
  record Printed(int code, String out, String err) {}

  /** {@code ./millrace migrate …} as the owner. */
  Printed migrate(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new MigrateCommand(Map.of("DATABASE_URL", databaseUrl())))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .setExecutionExceptionHandler(
                (e, command, parsed) -> {
                  command.getErr().println(e.getMessage());
                  return e instanceof UserError ? 2 : 1;
                })
            .execute(arguments);
    return new Printed(code, out.toString(), err.toString());
  }

  /** Migrates, and migrates again, which changes nothing. */
  void moveIn() {
    Printed first = migrate();
    assertThat(first.code()).as(first.err()).isZero();
    Printed again = migrate();
    assertThat(again.out())
        .as(again.err())
        .contains("the schema is up to date")
        .doesNotContain("take over");
  }

  /** Moves out, which leaves nothing of Millrace. */
  void moveOut() {
    assertThat(migrate("--undo").out()).contains("nothing has been changed");
    Printed undone = migrate("--undo", "--yes");
    assertThat(undone.code()).as(undone.err()).isZero();
    assertThat(ask(owner(), "SELECT to_regnamespace('millrace') IS NULL")).containsExactly("t");
    assertThat(
            ask(
                owner(),
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'"))
        .isEmpty();
  }

  Jdbi owner() {
    return owner.jdbi();
  }

  /** The application, under the search path of its own sessions. */
  Jdbi webapp() {
    return webapp.jdbi();
  }

  List<String> ask(Jdbi role, String query) {
    return role.withHandle(handle -> handle.select(query).mapTo(String.class).list());
  }

  /** The number of rows that a statement says it has changed. */
  int count(Jdbi role, String statement) {
    return role.withHandle(handle -> handle.execute(statement));
  }

  /** Runs statements, or scripts, as they stand. */
  void run(Jdbi role, String... statements) {
    role.useHandle(
        handle -> {
          for (String sql : statements) {
            execute(handle.getConnection(), sql);
          }
        });
  }

  private static void execute(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("failed: " + sql, e);
    }
  }

  @Override
  public void close() {
    owner.close();
    webapp.close();
  }
}
