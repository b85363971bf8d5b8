package dev.millrace.db.takeover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.MillraceException;
import dev.millrace.db.Database;
import dev.millrace.testing.TestServices;
import org.junit.jupiter.api.Test;

/** A schema that is up to date, and ones that another version made. */
class MigrationsTest {
  private static final String COUNT = "SELECT count(*) FROM millrace.flyway_schema_history";

  @Test
  void a_schema_that_is_up_to_date_lacks_no_migration() {
    try (Database database = Database.open(TestServices.freshDatabase(), "test", 2)) {
      new Migrations(database).run();

      assertThat(new Migrations(database).pending()).isZero();
    }
  }

  @Test
  void a_schema_of_another_version_is_refused_and_left_as_it_is() {
    try (Database database = Database.open(TestServices.freshDatabase(), "test", 2)) {
      long before = history(database, COUNT);
      database
          .jdbi()
          .useHandle(
              handle ->
                  handle.execute(
                      "UPDATE millrace.flyway_schema_history SET checksum = 1 WHERE version = '001'"));

      assertThatThrownBy(() -> new Migrations(database).run())
          .isInstanceOf(MillraceException.class)
          .hasMessageStartingWith(
              "the schema millrace of this database was made by another version than this one (Migration checksum mismatch")
          .hasMessageEndingWith("use the version that made it, or an empty database");
      assertThat(history(database, COUNT)).isEqualTo(before);
    }
  }

  @Test
  void a_schema_with_migrations_that_this_version_lacks_is_refused() {
    try (Database database = Database.open(TestServices.freshDatabase(), "test", 2)) {
      database
          .jdbi()
          .useHandle(
              handle ->
                  handle.execute(
                      "INSERT INTO millrace.flyway_schema_history SELECT 900, '005.1', 'old', 'SQL', 'V005_1__old.sql',"
                          + " 1, current_user, now(), 1, true"));

      assertThatThrownBy(() -> new Migrations(database).run())
          .isInstanceOf(MillraceException.class)
          .hasMessageContaining("005.1")
          .hasMessageEndingWith("use the version that made it, or an empty database");
    }
  }

  private static long history(Database database, String sql) {
    return database.jdbi().withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
  }
}
