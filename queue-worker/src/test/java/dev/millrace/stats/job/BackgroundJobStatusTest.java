package dev.millrace.stats.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.stats.StatsTrigger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The documented statements on {@code background_job_status}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackgroundJobStatusTest {
  private static final String RECENT =
      "SELECT * FROM background_job_status\nORDER BY created_at DESC\nLIMIT 10;";
  private static final String CLEAR =
      "DELETE FROM background_job_status\nWHERE created_at < NOW() - INTERVAL '7 days';";

  private final StatsFixture stats = new StatsFixture().working();

  @BeforeEach
  void clean() {
    stats.empty();
    stats.function("good", "");
  }

  @AfterAll
  void close() {
    stats.close();
  }

  private static String retry(String id) {
    return "UPDATE background_job_status\nSET status = 'queued', retry_count = retry_count + 1\nWHERE id = '"
        + id
        + "';";
  }

  private int execute(String sql) {
    return stats.millrace.jdbi.withHandle(handle -> handle.execute(sql));
  }

  private long ended() {
    long job = stats.enqueue();
    stats.end(job);
    return job;
  }

  private List<Map<String, Object>> rows(String sql) {
    return stats.millrace.jdbi.withHandle(handle -> handle.select(sql).mapToMap().list());
  }

  @Test
  void recent_jobs_are_read_as_documented() {
    long job = stats.jobs.enqueue(StatsTrigger.ADMIN, Optional.of("test-123")).jobId();
    assertThat(stats.end(job)).isEqualTo("completed");
    assertThat(rows("SELECT COUNT(*) FROM background_job_status;")).hasSize(1);
    Map<String, Object> row = rows(RECENT).get(0);
    assertThat(row)
        .containsEntry("id", Long.toString(job))
        .containsEntry("job_type", "stats_update")
        .containsEntry("status", "completed")
        .containsEntry("priority", 1)
        .containsEntry("retry_count", 0)
        .containsEntry("triggered_by", "admin")
        .containsEntry("request_id", "test-123")
        .containsEntry("queue_name", "default");
    assertThat(row.get("started_at")).isNotNull();
    assertThat(String.valueOf(row.get("results"))).contains("\"function\": \"good\"");
  }

  @Test
  void a_failed_job_is_retried_by_an_update_as_by_the_api() {
    stats.function("bad", "PERFORM 1 / 0;");
    long job = ended();
    assertThat(rows(RECENT).get(0))
        .containsEntry("status", "failed")
        .containsEntry("retry_count", 0);
    stats.define("bad", "");
    assertThat(execute(retry(Long.toString(job)))).isEqualTo(1);
    assertThat(stats.end(job)).isEqualTo("completed");
    assertThat(rows(RECENT).get(0))
        .containsEntry("status", "completed")
        .containsEntry("retry_count", 1);
    assertThat(stats.runs("good")).isEqualTo(1);
    assertThat(execute(retry("job-id-here"))).isZero();
  }

  @Test
  void sql_refuses_what_the_api_refuses() {
    long job = ended();
    assertThatThrownBy(() -> execute(retry(Long.toString(job))))
        .hasMessageContaining(
            "job " + job + " is completed; only a failed or cancelled job can be retried");
    assertThatThrownBy(() -> execute("UPDATE background_job_status SET status = 'done'"))
        .hasMessageContaining("status: can be set to 'queued' alone, was 'done'");
    assertThatThrownBy(() -> execute("UPDATE background_job_status SET priority = 9"))
        .hasMessageContaining("priority: only status and retry_count can be changed");
    assertThatThrownBy(
            () -> execute("INSERT INTO background_job_status (job_type) VALUES ('other')"))
        .hasMessageContaining("job_type: must be stats_update, was 'other'");
  }

  @Test
  void old_jobs_are_deleted_and_unfinished_ones_stay() {
    long old = ended();
    long fresh = ended();
    stats.execute(
        "UPDATE millrace.jobs SET created_at = created_at - interval '8 days' WHERE id = " + old,
        "INSERT INTO millrace.jobs (kind, state, run_at, created_at) VALUES"
            + " ('stats.update', 'scheduled', now() + interval '1 day', now() - interval '9 days')");
    assertThat(execute(CLEAR)).isEqualTo(1);
    assertThat(rows(RECENT).stream().map(row -> row.get("status")))
        .containsExactly("completed", "queued");
    assertThat(rows(RECENT).get(0)).containsEntry("id", Long.toString(fresh));
    stats.execute("DELETE FROM millrace.jobs WHERE state = 'scheduled'");
  }

  @Test
  void an_inserted_row_runs_as_a_job() {
    String id =
        stats.millrace.text(
            "INSERT INTO background_job_status (job_type, status, payload) VALUES"
                + " ('stats_update', 'queued', '{\"triggeredBy\": \"cron\", \"requestId\": \"app-1\"}') RETURNING id");
    assertThat(stats.end(Long.parseLong(id))).isEqualTo("completed");
    assertThat(rows(RECENT).get(0))
        .containsEntry("triggered_by", "cron")
        .containsEntry("request_id", "app-1");
  }

  @Test
  void a_read_only_role_can_only_read() {
    assertThat(ended()).isPositive();
    stats.millrace.jdbi.useHandle(
        handle -> {
          handle.execute("SET ROLE millrace_readonly");
          try {
            assertThat(handle.select(RECENT).mapToMap().list()).hasSize(1);
            assertThatThrownBy(() -> handle.execute(CLEAR))
                .hasMessageContaining("permission denied");
            assertThatThrownBy(() -> handle.execute("SELECT * FROM millrace.jobs"))
                .hasMessageContaining("permission denied");
          } finally {
            handle.execute("RESET ROLE");
          }
        });
  }
}
