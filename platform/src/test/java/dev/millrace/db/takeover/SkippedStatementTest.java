package dev.millrace.db.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.db.Limits;
import dev.millrace.db.Sql;
import dev.millrace.testing.TestServices;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a plan does to the tables of all five systems, each statement left out once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SkippedStatementTest {
  private final Database database =
      Database.open(TestServices.emptyDatabase(), "test", 2, Limits.LONG);

  SkippedStatementTest() {
    database
        .jdbi()
        .useHandle(
            handle -> {
              for (String system : List.of("workers", "sync", "viewWorker", "wip", "stats")) {
                execute(handle, Sql.of("dev.millrace.db.takeover.existing." + system));
              }
            });
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void a_statement_that_is_skipped_fails_a_later_one_or_is_planned_again() {
    List<String> statements = database.jdbi().withHandle(SkippedStatementTest::planned);
    assertThat(statements).hasSizeGreaterThan(30);

    List<String> unnoticed =
        IntStream.range(0, statements.size())
            .filter(
                skipped ->
                    left(statements, skipped)
                        .filter(again -> !again.contains(statements.get(skipped)))
                        .isPresent())
            .mapToObj(statements::get)
            .filter(sql -> !sql.startsWith("UPDATE")) // of rows, done once
            .toList();
    assertThat(unnoticed).isEmpty();
  }

  @Test
  void nothing_of_what_was_done_to_a_table_is_planned_again() {
    List<String> statements = database.jdbi().withHandle(SkippedStatementTest::planned);

    assertThat(left(statements, statements.size()).orElseThrow())
        .allSatisfy(sql -> assertThat(sql).startsWith("UPDATE"));
  }

  /** What is planned after all statements but one; empty: one of them fails. */
  private Optional<List<String>> left(List<String> statements, int skipped) {
    try (Handle handle = database.jdbi().open()) {
      handle.begin();
      try {
        for (int i = 0; i < statements.size(); i++) {
          if (i != skipped) {
            execute(handle, statements.get(i));
          }
        }
        return Optional.of(planned(handle));
      } catch (IllegalStateException e) {
        return Optional.empty();
      } finally {
        handle.rollback();
      }
    }
  }

  private static List<String> planned(Handle handle) {
    return Migrations.plan(handle).steps().stream()
        .flatMap(step -> step.before().stream())
        .toList();
  }

  private static void execute(Handle handle, String sql) {
    try (Statement statement = handle.getConnection().createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("failed: " + sql, e);
    }
  }
}
