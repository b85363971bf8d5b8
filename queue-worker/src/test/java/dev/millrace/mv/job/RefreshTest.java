package dev.millrace.mv.job;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.job.JobHandler;
import dev.millrace.job.NewJob;
import dev.millrace.json.Json;
import dev.millrace.testing.HeldTransaction;
import dev.millrace.worker.WorkerFixture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefreshTest {
  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5));

  @BeforeAll
  void start() {
    millrace.worker(4, MvHandlers.all(millrace.jdbi).toArray(JobHandler<?>[]::new));
  }

  @BeforeEach
  void schema() {
    execute(
        "DROP TABLE IF EXISTS public.part CASCADE",
        "CREATE TABLE public.part (sku text, sold boolean NOT NULL DEFAULT false)",
        "INSERT INTO public.part SELECT 'sku-' || n % 10 FROM generate_series(1, 100) n",
        "CREATE MATERIALIZED VIEW public.counted AS SELECT sku, count(*) FROM public.part GROUP BY 1",
        "CREATE UNIQUE INDEX ON public.counted (sku)",
        "CREATE MATERIALIZED VIEW public.bare AS SELECT sku FROM public.part",
        "DELETE FROM millrace.mv_requests",
        "DELETE FROM public.mv_refresh_log");
  }

  @AfterAll
  void close() {
    millrace.close();
  }

  @Test
  void views_are_refreshed_and_their_mode_is_logged() {
    execute("INSERT INTO public.part VALUES ('new')");
    JsonNode result = completed(refresh("public.counted", "public.bare"));
    assertThat(result.at("/views/0/view").asText()).isEqualTo("public.counted");
    assertThat(result.at("/views/0/mode").asText()).isEqualTo("concurrently");
    assertThat(result.at("/views/0/rows").asLong()).isEqualTo(11);
    assertThat(result.at("/views/0/duration_ms").isIntegralNumber()).isTrue();
    assertThat(result.at("/views/1/mode").asText()).isEqualTo("plain");
    assertThat(result.at("/views/1/rows").asLong()).isEqualTo(101);
    assertThat(millrace.count("SELECT count(*) FROM public.counted")).isEqualTo(11);
    assertThat(
            millrace.count(
                "SELECT count(*) FROM public.mv_refresh_log WHERE status = 'success' AND trigger = 'api'"
                    + " AND job_id > 0 AND fence > 0 AND row_count > 0 AND mode IS NOT NULL AND error_message IS NULL"))
        .isEqualTo(2);
  }

  @Test
  void a_view_without_data_is_refreshed_plain_then_concurrently() {
    execute(
        "CREATE MATERIALIZED VIEW public.empty AS SELECT DISTINCT sku FROM public.part WITH NO DATA",
        "CREATE UNIQUE INDEX ON public.empty (sku)");
    assertThat(completed(refresh("public.empty")).at("/views/0/mode").asText()).isEqualTo("plain");
    assertThat(completed(refresh("public.empty")).at("/views/0/mode").asText())
        .isEqualTo("concurrently");
  }

  @Test
  void an_index_that_does_not_serve_concurrently_is_not_used() {
    execute(
        "CREATE MATERIALIZED VIEW public.shouted AS SELECT DISTINCT sku FROM public.part",
        "CREATE UNIQUE INDEX ON public.shouted ((upper(sku)))",
        "CREATE MATERIALIZED VIEW public.half AS SELECT DISTINCT sku FROM public.part",
        "CREATE UNIQUE INDEX ON public.half (sku) WHERE sku <> ''");
    JsonNode result = completed(refresh("public.shouted", "public.half"));
    assertThat(result.at("/views/0/mode").asText()).isEqualTo("plain");
    assertThat(result.at("/views/1/mode").asText()).isEqualTo("plain");
  }

  @Test
  void a_refresh_serves_requests_under_every_spelling_of_its_view() {
    execute(
        "INSERT INTO millrace.mv_requests (view_name, refresh_requested_at)"
            + " SELECT name, now() - interval '3 seconds' + n * interval '1 millisecond'"
            + " FROM unnest(ARRAY['counted', 'public.counted', 'PUBLIC.Counted', 'bare', 'no such', 'a.b.c.d', '\"'])"
            + " WITH ORDINALITY AS asked (name, n)");
    completed(refresh("public.counted"));
    assertThat(
            millrace.text(
                "SELECT string_agg(view_name, ' ' ORDER BY refresh_requested_at) FROM millrace.mv_requests"))
        .isEqualTo("bare no such a.b.c.d \"");
    assertThat(millrace.count("SELECT waited_ms FROM public.mv_refresh_log"))
        .isBetween(3_000L, 60_000L);
  }

  @Test
  void views_with_odd_names_are_refreshed() {
    List<String> names =
        List.of(
            "Capital", "with space", "dot.ted", "qu\"ote", "x; DROP TABLE part --", "it's", "ünï");
    execute("CREATE SCHEMA IF NOT EXISTS \"Odd.Schema\"");
    for (String name : names) {
      millrace.jdbi.useHandle(
          handle -> {
            handle.execute(
                "DROP MATERIALIZED VIEW IF EXISTS \"Odd.Schema\"." + quoted(handle, name));
            handle.execute(
                "CREATE MATERIALIZED VIEW public."
                    + quoted(handle, name)
                    + " AS SELECT sku FROM part");
            handle.execute(
                "CREATE MATERIALIZED VIEW \"Odd.Schema\"."
                    + quoted(handle, name)
                    + " AS SELECT sku FROM part WHERE false");
          });
    }
    JsonNode result = completed(refresh(names.toArray(String[]::new)));
    assertThat(result.at("/views")).hasSize(names.size());
    assertThat(result.findValues("rows"))
        .allSatisfy(rows -> assertThat(rows.asLong()).isEqualTo(100));
    JsonNode odd = completed(refresh("Odd.Schema.Capital", "\"Odd.Schema\".\"qu\"\"ote\""));
    assertThat(odd.findValues("rows")).allSatisfy(rows -> assertThat(rows.asLong()).isZero());
    assertThat(millrace.count("SELECT count(*) FROM part")).isEqualTo(100);
  }

  @Test
  void a_retry_refreshes_only_the_views_that_failed() {
    execute(
        "CREATE MATERIALIZED VIEW public.broken AS"
            + " SELECT 1 / count(*) FILTER (WHERE sku = 'sku-1') AS share FROM public.part");
    execute("DELETE FROM public.part WHERE sku = 'sku-1'");
    long job = refresh("public.broken", "public.nowhere", "public.counted");
    await().until(() -> millrace.state(job).equals("failed"));
    assertThat(millrace.text("SELECT error FROM millrace.jobs WHERE id = ?", job))
        .contains("2 of 3 views were not refreshed: public.broken (", "division by zero")
        .contains("public.nowhere (there is no materialized view public.nowhere");
    assertThat(millrace.count("SELECT count(*) FROM public.counted")).isEqualTo(9);
    assertThat(logged("public.counted", "success")).isEqualTo(1);
    assertThat(logged("public.broken", "error")).isEqualTo(2);
    assertThat(
            millrace.text(
                "SELECT max(error_message) FROM mv_refresh_log WHERE view_name = 'public.broken'"))
        .contains("division by zero");
    assertThat(
            millrace.text(
                "SELECT max(error_message) FROM mv_refresh_log WHERE view_name = 'public.nowhere'"))
        .contains("there is no materialized view public.nowhere");
  }

  @Test
  void a_failed_refresh_keeps_its_requests() {
    execute(
        "CREATE MATERIALIZED VIEW public.broken AS SELECT 1 / count(*) AS share FROM public.part",
        "DELETE FROM public.part",
        "INSERT INTO millrace.mv_requests (view_name) VALUES ('public.broken')");
    long job = refresh("public.broken");
    await().until(() -> millrace.state(job).equals("failed"));
    assertThat(millrace.count("SELECT count(*) FROM millrace.mv_requests")).isEqualTo(1);
  }

  @Test
  void an_attempt_that_lost_its_job_commits_nothing() {
    execute(
        "CREATE MATERIALIZED VIEW public.slow AS SELECT count(*) AS n, pg_sleep(1.5)::text AS s FROM public.part",
        "INSERT INTO millrace.mv_requests (view_name) VALUES ('public.slow')",
        "DELETE FROM public.part");
    long job = refresh("public.slow");
    await().until(() -> refreshing() == 1);
    execute("UPDATE millrace.jobs SET state = 'cancelled', finished_at = clock_timestamp()");
    await().until(() -> refreshing() == 0);
    assertThat(millrace.state(job)).isEqualTo("cancelled");
    assertThat(millrace.count("SELECT n FROM public.slow")).isEqualTo(100);
    assertThat(millrace.count("SELECT count(*) FROM millrace.mv_requests")).isEqualTo(1);
    assertThat(millrace.count("SELECT count(*) FROM public.mv_refresh_log")).isZero();
  }

  @Test
  void the_last_refresh_and_the_end_of_its_job_are_one_transaction() {
    long job = refresh("public.bare", "public.counted");
    assertThat(completed(job).at("/views/0/view").asText()).isEqualTo("public.bare");
    assertThat(
            millrace.text(
                "SELECT string_agg(l.view_name, ' ') FROM mv_refresh_log l JOIN millrace.jobs j ON j.xmin = l.xmin"
                    + " WHERE j.id = ?",
                job))
        .isEqualTo("public.counted");
  }

  @Test
  void a_refresh_waits_for_another_of_its_view_beyond_its_lock_timeout() {
    execute("SELECT millrace.register_view('counted', lock_timeout => '1 millisecond')");
    try (Handle other = millrace.jdbi.open()) {
      HeldTransaction.begin(other);
      other.execute(
          "SELECT pg_advisory_xact_lock((1836445698::bigint << 32) | 'public.counted'::regclass::oid::bigint)");
      long job = refresh("counted");
      await()
          .until(
              () ->
                  millrace.count(
                          "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND wait_event = 'advisory'"
                              + " AND query_start < clock_timestamp() - interval '100 milliseconds'")
                      == 1);
      other.execute("INSERT INTO millrace.mv_requests (view_name) VALUES ('counted')");
      other.commit();
      assertThat(completed(job).at("/views/0/mode").asText()).isEqualTo("concurrently");
    }
    assertThat(millrace.count("SELECT count(*) FROM millrace.mv_requests")).isZero();
    execute("SELECT millrace.unregister_view('counted')");
  }

  @Test
  void a_payload_without_a_view_fails_at_once() {
    long job = millrace.client.enqueue(NewJob.of("mv.refresh", "{\"views\": []}")).jobId();
    await().until(() -> millrace.state(job).equals("failed"));
    assertThat(millrace.text("SELECT error FROM millrace.jobs WHERE id = ?", job))
        .contains("views must name at least one view");
  }

  private long refreshing() {
    return millrace.count(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND datname = current_database()"
            + " AND query LIKE 'REFRESH%'");
  }

  private long logged(String view, String status) {
    return millrace.count(
        "SELECT count(*) FROM public.mv_refresh_log WHERE view_name = ? AND status = ?",
        view,
        status);
  }

  private long refresh(String... views) {
    return millrace
        .client
        .enqueue(NewJob.of("mv.refresh", Json.write(Map.of("views", views))).withMaxAttempts(2))
        .jobId();
  }

  private JsonNode completed(long job) {
    await().until(() -> millrace.state(job).matches("completed|failed"));
    assertThat(millrace.state(job))
        .withFailMessage(() -> millrace.text("SELECT error FROM millrace.jobs WHERE id = ?", job))
        .isEqualTo("completed");
    return Json.tree(millrace.text("SELECT result::text FROM millrace.jobs WHERE id = ?", job));
  }

  private static String quoted(Handle handle, String name) {
    return handle.select("SELECT quote_ident(?)", name).mapTo(String.class).one();
  }

  private void execute(String... statements) {
    millrace.jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }
}
