package dev.millrace.db;

import dev.millrace.MillraceException;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.jdbi.v3.core.JdbiException;

/**
 * The migrations of this release, over connections of their own: a migration takes as long as the
 * tables are large, and none of the limits of the pool may end it.
 */
record Migrations(DatabaseUrl url, String name) {
  private static final String MAKE_ROOM = Sql.of(Database.class, "makeRoom");

  /** Flyway holds its lock on one while another migrates. */
  private static final int CONNECTIONS = 2;

  /** See {@link Database#migrate}. */
  void run() {
    try {
      with(
          database -> {
            database.jdbi().useHandle(handle -> handle.execute(MAKE_ROOM));
            return flyway(database).migrate();
          });
    } catch (FlywayValidateException e) {
      throw new MillraceException(
          "the schema millrace of this database was made by another version than this one ("
              + firstLineAfterTitle(e)
              + "): use the version that made it, or an empty database",
          e);
    } catch (FlywayException | JdbiException e) {
      throw new MillraceException("the database could not be migrated: " + e.getMessage(), e);
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

  /** See {@link Database#pendingMigrations}. */
  int pending() {
    try {
      return with(database -> flyway(database).info().pending().length);
    } catch (FlywayException e) {
      throw new MillraceException("the schema cannot be looked at: " + e.getMessage(), e);
    }
  }

  private <T> T with(Function<Database, T> work) {
    try (Database database = Database.openOwn(url, name + " migration", CONNECTIONS, Limits.LONG)) {
      return work.apply(database);
    }
  }

  private static Flyway flyway(Database database) {
    return Flyway.configure()
        .dataSource(database.dataSource())
        .locations("classpath:dev/millrace/sql/migration")
        .schemas("millrace")
        .defaultSchema("millrace")
        .load();
  }
}
