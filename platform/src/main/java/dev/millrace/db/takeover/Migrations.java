package dev.millrace.db.takeover;

import dev.millrace.MillraceException;
import dev.millrace.db.Database;
import dev.millrace.db.Limits;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.core.api.output.MigrateResult;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * Brings a database up to this release, over a connection of its own: a migration takes as long as
 * the tables are large, and none of the limits of the pool may end it. Thread-safe.
 */
public final class Migrations {
  /** One process migrates, the others wait for it. */
  private static final String ALONE = "SELECT pg_advisory_xact_lock(1836445700)::text";

  /** A table that another session holds is not waited for, because its writers would wait too. */
  private static final String BRIEFLY = "SET LOCAL lock_timeout = '5s'";

  /** What exists is said by the plan; CREATE … IF NOT EXISTS need not say it again. */
  private static final String QUIETLY = "SET LOCAL client_min_messages = warning";

  /** In the order in which they are dropped: the one that refers to another first. */
  private static final List<DocumentedTable> TABLES =
      Stream.concat(
              Stream.of(
                  new BackgroundWorkersTable(),
                  new BackgroundJobStatusTable(),
                  new RefreshQueueTable(),
                  new RefreshLogTable()),
              SyncTables.all().stream())
          .toList();

  private static final Set<MigrationState> UNKNOWN =
      EnumSet.of(
          MigrationState.FUTURE_SUCCESS,
          MigrationState.FUTURE_FAILED,
          MigrationState.MISSING_SUCCESS,
          MigrationState.MISSING_FAILED);

  private final Database database;

  public Migrations(Database database) {
    this.database = database;
  }

  /**
   * Does the plan: takes over the documented tables that the database has, and runs the migrations
   * that it lacks, in one transaction. Safe to call from many processes at once: one migrates, the
   * others wait. A migration that the database lacks runs although newer ones have (decision 016);
   * one that has changed since it ran, or that this release does not know, is refused.
   *
   * @return what was done
   * @throws MillraceException when something is refused or has failed; nothing was changed
   */
  public Plan run() {
    return with(
        handle -> {
          Plan plan = plan(handle);
          plan.check();
          perform(handle, plan);
          return plan;
        });
  }

  /**
   * What {@link #run} would do. Changes nothing.
   *
   * @throws MillraceException when the database cannot say
   */
  public Plan plan() {
    return with(
        handle -> {
          execute(handle, "SET TRANSACTION READ ONLY");
          return plan(handle);
        });
  }

  /**
   * What {@link #undo} would do. Changes nothing.
   *
   * @throws MillraceException when the database cannot say
   */
  public Plan undoPlan() {
    return with(
        handle -> {
          execute(handle, "SET TRANSACTION READ ONLY");
          return Undo.plan(handle, TABLES);
        });
  }

  /**
   * Gives the documented tables back and removes what is ours, in one transaction.
   *
   * @return what was done
   * @throws MillraceException when something is refused or has failed; nothing was changed
   */
  public Plan undo() {
    return with(
        handle -> {
          handle.select(ALONE).mapTo(String.class).one();
          execute(handle, BRIEFLY);
          execute(handle, QUIETLY);
          Plan plan = Undo.plan(handle, TABLES);
          plan.check();
          plan.steps().forEach(step -> step.before().forEach(sql -> execute(handle, sql)));
          plan.steps().forEach(step -> step.after().forEach(sql -> execute(handle, sql)));
          return plan;
        });
  }

  /**
   * How many of this release's migrations the database lacks. Changes nothing.
   *
   * @throws MillraceException when the database cannot say
   */
  public int pending() {
    return with(handle -> missing(handle).size());
  }

  /**
   * The migrations of the database that this release does not know. Changes nothing.
   *
   * @throws MillraceException when the database cannot say
   */
  public List<String> unknown() {
    return with(
        handle ->
            Arrays.stream(flyway(new OneTransaction(handle.getConnection())).info().all())
                .filter(migration -> UNKNOWN.contains(migration.getState()))
                .map(migration -> migration.getScript())
                .toList());
  }

  static Plan plan(Handle handle) {
    handle.select(ALONE).mapTo(String.class).one();
    Catalog catalog = new Catalog(handle);
    List<Step> tables = TABLES.stream().flatMap(table -> table.steps(catalog).stream()).toList();
    boolean creates = tables.stream().anyMatch(step -> step.action() == Action.CREATE);
    return new Plan(
        Stream.concat(Rights.steps(catalog, creates).stream(), tables.stream()).toList(),
        missing(handle));
  }

  private static List<String> missing(Handle handle) {
    return Arrays.stream(flyway(new OneTransaction(handle.getConnection())).info().pending())
        .map(migration -> migration.getScript())
        .toList();
  }

  private static void perform(Handle handle, Plan plan) {
    execute(handle, QUIETLY);
    execute(handle, BRIEFLY);
    plan.steps().forEach(step -> step.before().forEach(sql -> execute(handle, sql)));
    OneTransaction transaction = new OneTransaction(handle.getConnection());
    MigrateResult result = flyway(transaction).migrate();
    if (!result.success || transaction.rolledBack()) {
      throw new MillraceException("the migrations were rolled back: " + result.warnings);
    }
    plan.steps().forEach(step -> step.after().forEach(sql -> execute(handle, sql)));
    plan.steps().stream()
        .filter(step -> step.action() == Action.TAKE_OVER)
        .forEach(step -> Undo.record(handle, step));
  }

  /** As it stands: no name in it is a parameter. */
  private static void execute(Handle handle, String sql) {
    try (Statement statement = handle.getConnection().createStatement()) {
      boolean unused = statement.execute(sql);
    } catch (SQLException e) {
      throw new StepFailedException(sql, e);
    }
  }

  private <T> T with(Function<Handle, T> work) {
    try (Database own = database.sibling("migration", 1, Limits.LONG)) {
      return own.jdbi().inTransaction(work::apply);
    } catch (FlywayValidateException e) {
      throw new MillraceException(
          "the schema millrace of this database was made by another version than this one ("
              + firstLineAfterTitle(e)
              + "): use the version that made it, or an empty database",
          e);
    } catch (FlywayException | JdbiException | StepFailedException e) {
      throw new MillraceException(
          "the database could not be migrated, and nothing was changed: " + FailureText.text(e), e);
    }
  }

  /** Flyway's first lines say that validation failed, and not why. */
  private static String firstLineAfterTitle(FlywayValidateException e) {
    return String.valueOf(e.getMessage())
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("Validate failed"))
        .findFirst()
        .orElse("validation failed");
  }

  private static Flyway flyway(OneTransaction transaction) {
    return Flyway.configure()
        .dataSource(transaction)
        .locations("classpath:dev/millrace/sql/migration")
        .schemas("millrace")
        .defaultSchema("millrace")
        .load();
  }
}
