package dev.millrace.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.testing.TestServices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;

class LimitsTest {
  /**
   * Who opens a connection that the pool's limits do not bound; each has its reason in its own
   * text.
   */
  private static final List<String> OPENS =
      List.of(
          "Database.java", // the pool itself
          "Migrations.java",
          "ProcessContext.java");

  /**
   * Who raises or lowers a limit for statements of its own, within a transaction or until it ends.
   */
  private static final List<String> CHANGES =
      List.of(
          "FireStore.java",
          "Calls.java",
          "Limits.java",
          "Migrations.java",
          "MvDebouncer.java",
          "PacedPart.java",
          "JobResults.java",
          "StatsQueue.java",
          "TransactionLimits.java",
          "UnservedLanes.java",
          "Vacuum.java",
          "FunctionRun/limit.sql",
          "Jobs/limits.sql",
          "JobResults/complete.sql",
          "StatusReader/limits.sql",
          "ThroughputReader/limits.sql",
          "ViewRefresh/settings.sql");

  @Test
  void every_connection_of_a_pool_has_all_limits() throws SQLException {
    try (Database database = Database.open(TestServices.freshDatabase(), "test", 3)) {
      List<Connection> open = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        open.add(database.dataSource().getConnection());
      }
      for (Connection connection : open) {
        try (connection;
            Handle handle = Jdbi.open(connection)) {
          assertThat(setting(handle, "lock_timeout")).isEqualTo("2s");
          assertThat(setting(handle, "statement_timeout")).isEqualTo("8s");
          assertThat(setting(handle, "idle_in_transaction_session_timeout")).isEqualTo("10s");
          assertThat(setting(handle, "client_connection_check_interval")).isEqualTo("2s");
          assertThat(connection.getNetworkTimeout()).isEqualTo(15_000);
        }
      }
    }
  }

  private static String setting(Handle handle, String setting) {
    return handle.select("SELECT current_setting(?)", setting).mapTo(String.class).one();
  }

  @Test
  void a_lock_of_another_session_is_waited_for_two_seconds() {
    DatabaseUrl url = TestServices.seededDatabase();
    try (Database stranger = Database.open(url, "stranger", 1, Limits.LONG);
        Database ours = Database.open(url, "ours", 1);
        Handle holding = stranger.jdbi().open()) {
      holding.begin();
      holding.execute("SELECT FROM background_workers FOR UPDATE");
      assertThatThrownBy(
              () ->
                  ours.jdbi()
                      .useHandle(
                          handle ->
                              handle.execute("UPDATE background_workers SET description = 'x'")))
          .isInstanceOf(JdbiException.class)
          .matches(SqlStates::isLockTimeout);
      holding.rollback();
    }
  }

  @Test
  void only_named_places_open_connections_without_the_limits() {
    assertThat(
            places(
                Pattern.compile(
                    "DriverManager\\.getConnection|new HikariConfig|PGSimpleDataSource|Limits\\.LONG")))
        .containsExactlyInAnyOrderElementsOf(OPENS);
  }

  @Test
  void only_named_places_change_the_limits_of_a_session() {
    assertThat(places(Pattern.compile("(lock|statement)_timeout('\\s*,| = [0-9'\"])")))
        .containsExactlyInAnyOrderElementsOf(CHANGES);
  }

  /** Files of the modules that make up an installation; not those that measure it. */
  private static List<String> places(Pattern pattern) {
    List<String> places = new ArrayList<>();
    for (String module :
        List.of("platform", "core", "scheduler", "queue-worker", "admin-api", "embedded", "app")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main"))) {
        files
            .filter(file -> file.toString().endsWith(".java") || file.toString().endsWith(".sql"))
            .filter(file -> pattern.matcher(read(file)).find())
            .forEach(file -> places.add(name(file)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return places;
  }

  private static String name(Path file) {
    int names = file.getNameCount();
    String name = file.getName(names - 1).toString();
    return name.endsWith(".sql") ? file.getName(names - 2) + "/" + name : name;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
