package dev.millrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which indexes statements use when the statistics say that a table is nearly empty, while an old
 * snapshot keeps the index entries of all the jobs that were in it.
 */
class StaleStatisticsTest {
  private static final int JOBS = 5_000;
  private static final Pattern PARAMETER = Pattern.compile("(?<!:):[a-zA-Z]+|\\?");

  private final QueueFixture queue = new QueueFixture();

  @AfterEach
  void close() {
    queue.close();
  }

  @ParameterizedTest
  @CsvSource({
    "Claims,claim",
    "Claims,claimLimited",
    "Claims,skip",
    "Claims,skippable",
    "BackgroundRuns,started",
    "BackgroundRuns,ended",
    "Families,callbacks",
    "Families,childrenDone",
    "Families,unlocked",
    "JobResults,complete",
    "JobResults,completeIn",
    "JobResults,handBack"
  })
  void given_jobs_are_found_by_the_primary_key(String place, String name) {
    String plan = besideSnapshot(handle -> plan(handle, place, name));
    assertThat(plan)
        .contains("jobs_pkey")
        .doesNotContain("jobs_ready")
        .doesNotContain("Seq Scan on jobs");
  }

  /** But the one of suspects, which are few. */
  @ParameterizedTest
  @CsvSource({
    "BackgroundRuns,started",
    "BackgroundRuns,ended",
    "Claims,behind",
    "Claims,claim",
    "Claims,claimLimited",
    "Claims,nextOfKeys",
    "Claims,skip",
    "Claims,skippable",
    "Claims,suspect",
    "DirectClaims,next"
  })
  void no_index_of_jobs_is_read_as_a_whole(String place, String name) {
    List<String> lines = besideSnapshot(handle -> plan(handle, place, name)).lines().toList();
    assertThat(lines).noneMatch(line -> line.contains("Seq Scan on jobs"));
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).matches(".* (using|on) (jobs_|one_)\\w+ .*")
          && !lines.get(i).contains("jobs_suspect")) {
        assertThat(i + 1 < lines.size() ? lines.get(i + 1) : "")
            .as(lines.get(i))
            .contains("Index Cond: ");
      }
    }
  }

  private String besideSnapshot(Function<Handle, String> deed) {
    try (Handle snapshot = queue.jdbi.open();
        Handle handle = queue.jdbi.open()) {
      snapshot.execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
      snapshot.execute("SELECT FROM millrace.jobs");
      handle.execute(
          "INSERT INTO millrace.jobs (kind, payload) SELECT 'a', '{}' FROM generate_series(1, ?)",
          JOBS);
      handle.execute(
          "UPDATE millrace.jobs SET state = 'processing', worker_id = 'w', fence = id,"
              + " started_at = clock_timestamp(), attempt = 1");
      handle.execute("DELETE FROM millrace.jobs");
      handle.execute("ANALYZE millrace.jobs");
      String plan = deed.apply(handle);
      snapshot.execute("ROLLBACK");
      return plan;
    }
  }

  private static String plan(Handle handle, String place, String name) {
    Class<?> owner =
        switch (place) {
          case "Claims" -> Claims.class;
          case "BackgroundRuns" -> BackgroundRuns.class;
          case "JobResults" -> JobResults.class;
          case "DirectClaims" -> DirectClaims.class;
          case "Families" -> Families.class;
          default -> throw new IllegalArgumentException(place);
        };
    return explain(handle, Sql.of(owner, name));
  }

  /** The plan for any parameters, which is what a prepared statement gets. */
  private static String explain(Handle handle, String sql) {
    AtomicInteger parameters = new AtomicInteger();
    String numbered =
        PARAMETER
            .matcher(sql)
            .replaceAll((MatchResult found) -> "\\$" + parameters.incrementAndGet());
    String given = String.join(", ", Collections.nCopies(parameters.get(), "NULL"));
    try (Statement statement = handle.getConnection().createStatement()) {
      statement.execute("SET plan_cache_mode = force_generic_plan");
      statement.execute("PREPARE explained AS " + numbered);
      StringBuilder plan = new StringBuilder();
      try (ResultSet rows = statement.executeQuery("EXPLAIN EXECUTE explained (" + given + ")")) {
        while (rows.next()) {
          plan.append(rows.getString(1)).append('\n');
        }
      }
      return plan.toString();
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    } finally {
      handle.execute("DEALLOCATE ALL");
      handle.execute("RESET plan_cache_mode");
    }
  }
}
