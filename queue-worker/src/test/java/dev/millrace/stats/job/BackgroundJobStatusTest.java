package dev.millrace.stats.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.json.Json;
import dev.millrace.stats.StatsTrigger;
import dev.millrace.testing.HeldTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
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
        "SET millrace.mirrors = 'on'",
        "UPDATE public.background_job_status SET created_at = created_at - interval '8 days' WHERE job_id = "
            + old,
        "RESET millrace.mirrors",
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

  @Test
  void an_inserted_row_keeps_its_id_priority_and_fields() {
    Map<String, Object> row =
        rows("INSERT INTO background_job_status (id, priority, payload) VALUES"
                + " ('own-id', 7, '{\"triggeredBy\": \"match result\", \"matchId\": 5}') RETURNING *")
            .get(0);
    assertThat(row)
        .containsEntry("id", "own-id")
        .containsEntry("status", "queued")
        .containsEntry("priority", 7)
        .containsEntry("triggered_by", "admin");
    long job = Long.parseLong(String.valueOf(row.get("job_id")));
    assertThat(String.valueOf(row.get("payload"))).contains("match result").contains("matchId");
    assertThat(stats.millrace.text("SELECT payload->'extra' FROM millrace.jobs WHERE id = ?", job))
        .isEqualTo("{\"matchId\": 5}");
    assertThat(stats.end(job)).isEqualTo("completed");
    assertThat(rows(RECENT)).hasSize(1);
    assertThat(rows(RECENT).get(0))
        .containsEntry("id", "own-id")
        .containsEntry("status", "completed");
  }

  @Test
  void rows_of_one_request_follow_one_job() {
    assertThat(execute(insert("a", "same"))).isEqualTo(1);
    assertThat(execute(insert("b", "same"))).isEqualTo(1);
    assertThat(execute(insert("b", "same") + " ON CONFLICT DO NOTHING")).isZero();
    assertThat(statsJobs()).isEqualTo(1);
    stats.end(jobOf("b"));
    assertThat(rows(RECENT)).extracting(row -> row.get("status")).containsOnly("completed");
    assertThat(execute("DELETE FROM background_job_status")).isEqualTo(2);
    assertThat(statsJobs()).isZero();
  }

  private static String insert(String id, String request) {
    return "INSERT INTO background_job_status (id, payload) VALUES ('%s', '{\"requestId\": \"%s\"}')"
        .formatted(id, request);
  }

  private long statsJobs() {
    return stats.millrace.count("SELECT count(*) FROM millrace.jobs WHERE kind = 'stats.update'");
  }

  private long jobOf(String id) {
    return stats.millrace.count("SELECT job_id FROM background_job_status WHERE id = ?", id);
  }

  @Test
  void one_update_retries_every_failed_job_and_clears_its_row() {
    stats.function("bad", "PERFORM 1 / 0;");
    long one = ended();
    execute(insert("x", "r"));
    execute(insert("y", "r"));
    long two = jobOf("y");
    stats.end(two);
    stats.define("bad", "");
    List<Map<String, Object>> retried =
        rows(
            "UPDATE background_job_status SET status = 'queued', retry_count = retry_count + 1,"
                + " error_message = NULL, started_at = NULL, completed_at = NULL, results = NULL"
                + " WHERE status = 'failed' RETURNING id, status, error_message, started_at");
    assertThat(retried).hasSize(3);
    assertThat(retried).extracting(row -> row.get("status")).containsOnly("queued");
    assertThat(retried).extracting(row -> row.get("error_message")).containsOnlyNulls();
    assertThat(stats.end(one)).isEqualTo("completed");
    assertThat(stats.end(two)).isEqualTo("completed");
    assertThat(rows(RECENT)).extracting(row -> row.get("status")).containsOnly("completed");
  }

  @Test
  void a_locked_row_holds_up_no_job_and_is_shown_later() {
    stats.function("bad", "PERFORM 1 / 0;");
    long job = ended();
    try (Handle stranger = stats.millrace.jdbi.open()) {
      HeldTransaction.begin(stranger);
      stranger.execute("SELECT FROM background_job_status FOR UPDATE");
      stats.define("bad", "");
      assertThat(stats.jobs.retry(job, false)).isTrue();
      assertThat(stats.end(job)).isEqualTo("completed");
      assertThat(rows(RECENT).get(0)).containsEntry("status", "failed");
      stranger.rollback();
    }
    assertThat(rows("SELECT * FROM millrace.show_stats_jobs(100, false)")).isEmpty();
    assertThat(rows(RECENT).get(0)).containsEntry("status", "completed");
    assertThat(stats.millrace.count("SELECT count(*) FROM millrace.stats_jobs_unshown")).isZero();
  }

  @Test
  void policies_publications_and_references_are_possible() {
    stats.execute(
        "CREATE ROLE frontend",
        "GRANT SELECT ON background_job_status TO frontend",
        "ALTER TABLE background_job_status ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "CREATE POLICY \"Allow read access to background_job_status\" ON background_job_status FOR SELECT USING (true)",
        "CREATE PUBLICATION realtime FOR TABLE background_job_status",
        "CREATE TABLE public.notes (id text REFERENCES background_job_status (id))");
    try {
      long job = ended();
      stats.execute("INSERT INTO public.notes VALUES ('" + job + "')", "SET ROLE frontend");
      assertThat(rows(RECENT)).hasSize(1);
      stats.execute("RESET ROLE", "DELETE FROM millrace.jobs");
      assertThat(rows(RECENT).get(0))
          .containsEntry("id", Long.toString(job))
          .containsEntry("job_id", null);
      assertThat(stats.millrace.count("SELECT count(*) FROM millrace.stats_jobs_unshown")).isZero();
    } finally {
      stats.execute(
          "DROP TABLE public.notes",
          "DELETE FROM background_job_status",
          "DROP PUBLICATION realtime",
          "DROP POLICY \"Allow read access to background_job_status\" ON background_job_status",
          "ALTER TABLE background_job_status DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY",
          "DROP OWNED BY frontend",
          "DROP ROLE frontend");
    }
  }

  @Test
  void a_trigger_of_another_role_never_runs_with_our_rights() {
    stats.execute(
        "CREATE ROLE intruder",
        "GRANT TRIGGER ON background_job_status TO intruder",
        "GRANT CREATE, USAGE ON SCHEMA public TO intruder",
        "SET ROLE intruder",
        "CREATE FUNCTION public.pry() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN DELETE FROM millrace.jobs; RETURN NEW; END'",
        "CREATE TRIGGER pry AFTER INSERT OR UPDATE ON background_job_status FOR EACH ROW EXECUTE FUNCTION public.pry()",
        "RESET ROLE");
    try {
      long job = ended();
      assertThat(stats.millrace.state(job)).isEqualTo("completed");
      assertThat(rows("SELECT why FROM millrace.show_stats_jobs(100, false) why"))
          .extracting(row -> row.get("why"))
          .containsExactly(
              "job "
                  + job
                  + ": trigger pry runs a function of intruder, which is not a member of our role");
    } finally {
      stats.execute(
          "DROP TRIGGER pry ON background_job_status",
          "DROP OWNED BY intruder",
          "DROP ROLE intruder");
    }
    assertThat(rows("SELECT * FROM millrace.show_stats_jobs(100, false)")).isEmpty();
    assertThat(rows(RECENT).get(0)).containsEntry("status", "completed");
  }

  @Test
  void a_slow_trigger_of_the_application_delays_no_job() {
    stats.execute(
        "CREATE FUNCTION public.sleepy() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN PERFORM pg_sleep(600); RETURN NEW; END'",
        "CREATE TRIGGER sleepy BEFORE INSERT OR UPDATE ON background_job_status FOR EACH ROW EXECUTE FUNCTION public.sleepy()");
    long job;
    try {
      job = ended();
      assertThat(stats.millrace.state(job)).isEqualTo("completed");
      assertThat(rows(RECENT)).isEmpty();
    } finally {
      stats.execute("DROP TRIGGER sleepy ON background_job_status", "DROP FUNCTION public.sleepy");
    }
    assertThat(rows("SELECT * FROM millrace.show_stats_jobs(100, false)")).isEmpty();
    assertThat(rows(RECENT).get(0)).containsEntry("status", "completed");
  }

  @Test
  void a_job_of_another_kind_fires_no_trigger() {
    assertThat(triggersOf("stats.update"))
        .containsExactly("mirror_new_stats_job", "mirror_stats_job", "mirror_old_stats_job");
    assertThat(triggersOf("mail.send")).isEmpty();
  }

  /** Those that Postgres counts when a job is inserted, changed and deleted. */
  private List<String> triggersOf(String kind) {
    List<String> fired = new ArrayList<>();
    try (Handle handle = stats.millrace.jdbi.open()) {
      handle.begin();
      for (String statement :
          List.of(
              "INSERT INTO millrace.jobs (kind, run_at) VALUES ('%s', 'infinity')",
              "UPDATE millrace.jobs SET priority = 1 WHERE kind = '%s'",
              "DELETE FROM millrace.jobs WHERE kind = '%s'")) {
        String plan =
            handle
                .select("EXPLAIN (ANALYZE, FORMAT JSON) " + statement.formatted(kind))
                .mapTo(String.class)
                .one();
        for (JsonNode trigger : Json.tree(plan).path(0).path("Triggers")) {
          if (!trigger.has("Constraint Name")) {
            fired.add(trigger.path("Trigger Name").asText());
          }
        }
      }
      handle.rollback();
    }
    return fired;
  }
}
