package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.testing.HeldTransaction;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Materialized views as design.md's table and requirement 003 have them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ViewRoutesTest {
  private static final String VIEWS = "/api/admin/materialized-views";
  private static final String WIP = "/api/admin/refresh-wip-views";

  private final ApiFixture api = new ApiFixture();

  @BeforeEach
  void a_table_with_a_view() {
    api.clear();
    for (String statement :
        new String[] {
          "SELECT count(millrace.unregister_view(view_name)) FROM millrace.mv_views",
          "TRUNCATE millrace.mv_views, millrace.mv_requests, public.mv_refresh_log CASCADE",
          "DROP TABLE IF EXISTS public.part CASCADE",
          "CREATE TABLE public.part (id integer PRIMARY KEY, sku text NOT NULL)",
          "INSERT INTO public.part SELECT n, 'sku-' || n % 5 FROM generate_series(1, 50) n",
          "CREATE MATERIALIZED VIEW public.counted AS SELECT sku, count(*) AS n FROM public.part GROUP BY 1",
          "CREATE UNIQUE INDEX ON public.counted (sku)",
          "CREATE MATERIALIZED VIEW public.\"My View.v2\" AS SELECT sku FROM public.part"
        }) {
      api.sql(statement);
    }
  }

  @AfterAll
  void close() {
    api.close();
  }

  @Test
  void a_view_is_registered_changed_watched_and_forgotten() {
    Answer made =
        api.put(
            VIEWS + "/counted",
            "{\"debounce_seconds\": 1.5, \"max_lag_seconds\": 60, \"view_group\": \"stock\", \"mode\": \"auto\"}");
    assertThat(made.status()).isEqualTo(200);
    assertThat(made.json().at("/settings/debounce_seconds").asDouble()).isEqualTo(1.5);
    assertThat(made.json().at("/view/mode").asText()).isEqualTo("auto");

    Answer watched = api.put(VIEWS + "/counted/watches/public.part", "{\"columns\": [\"sku\"]}");
    assertThat(watched.json().at("/watches/0/source").asText()).isEqualTo("public.part");
    assertThat(watched.json().at("/watches/0/columns/0").asText()).isEqualTo("sku");

    JsonNode changed =
        api.put(VIEWS + "/public.counted", "{\"max_lag_seconds\": 0, \"enabled\": false}").json();
    assertThat(changed.at("/view/view_name").asText()).isEqualTo("counted");
    assertThat(changed.at("/settings/max_lag_seconds").isNull()).isTrue();
    assertThat(changed.at("/settings/debounce_seconds").asDouble()).isEqualTo(1.5);
    assertThat(changed.at("/view/enabled").asBoolean()).isFalse();

    assertThat(api.delete(VIEWS + "/counted/watches/part").status()).isEqualTo(204);
    assertThat(api.delete(VIEWS + "/counted/watches/part").status()).isEqualTo(404);
    assertThat(api.delete(VIEWS + "/counted").status()).isEqualTo(204);
    assertThat(api.delete(VIEWS + "/counted").status()).isEqualTo(404);
    assertThat(api.get(VIEWS + "/counted").status()).isEqualTo(404);
  }

  @Test
  void a_watch_of_a_table_that_another_session_holds_is_409_locked() {
    api.put(VIEWS + "/counted/watches/public.part", "{\"columns\": [\"sku\"]}");
    try (Handle report = api.jdbi.open()) {
      HeldTransaction.begin(report);
      report.execute("LOCK TABLE public.part IN ACCESS EXCLUSIVE MODE");
      long pid = report.select("SELECT pg_backend_pid()").mapTo(Long.class).one();
      for (Answer answer :
          List.of(
              api.delete(VIEWS + "/counted/watches/part"),
              api.put(VIEWS + "/counted/watches/part", "{\"columns\": [\"id\"]}"),
              api.delete(VIEWS + "/counted"))) {
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(409);
        assertThat(answer.json().path("code").asText()).isEqualTo("locked");
        assertThat(answer.json().path("detail").asText()).contains("is locked by pid " + pid);
      }
      report.rollback();
    }
    assertThat(api.get(VIEWS + "/counted").json().at("/watches/0/columns/0").asText())
        .isEqualTo("sku");
    assertThat(api.delete(VIEWS + "/counted/watches/part").status()).isEqualTo(204);
  }

  @Test
  void a_view_whose_row_another_session_holds_is_409_locked() {
    api.put(VIEWS + "/counted", "{}");
    try (Handle other = api.jdbi.open()) {
      HeldTransaction.begin(other);
      other.execute("SELECT FROM millrace.mv_views FOR UPDATE");
      Answer answer = api.put(VIEWS + "/counted", "{\"debounce_seconds\": 1}");
      assertThat(answer.status()).as(answer.response().body()).isEqualTo(409);
      assertThat(answer.json().path("code").asText()).isEqualTo("locked");
      other.rollback();
    }
  }

  @Test
  void what_cannot_be_is_refused_with_the_field_and_what_is_allowed() {
    refused(
        "{\"mode\": \"fast\"}", "/mode", "must be concurrently, plain, auto or function, was fast");
    refused(
        "{\"max_wait_seconds\": 1}",
        "/max_wait_seconds",
        "must be the debounce (00:00:05) or more");
    refused("{\"debounce_seconds\": -1}", "/debounce_seconds", "0 or more, was -1");
    refused("{\"colour\": 1}", "/colour", "unknown field 'colour'");
    assertThat(api.put(VIEWS + "/nowhere", "{}").status()).isEqualTo(404);
    assertThat(
            api.put(VIEWS + "/counted/watches/nowhere", "{}")
                .json()
                .at("/errors/0/pointer")
                .asText())
        .isEqualTo("/source");
    assertThat(api.get(VIEWS).json().path("views")).isEmpty();
  }

  private void refused(String body, String pointer, String said) {
    Answer answer = api.put(VIEWS + "/counted", body);
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo(pointer);
    assertThat(answer.json().at("/errors/0/detail").asText()).contains(said);
  }

  @Test
  void the_list_has_freshness_statistics_and_unknown_names() {
    api.put(VIEWS + "/counted", "{\"view_group\": \"stock\"}");
    api.put(VIEWS + "/My%20View.v2", "{}");
    api.sql(
        "INSERT INTO public.mv_refresh_log (view_name, status, duration_ms, row_count, mode) VALUES"
            + " ('counted', 'success', 100, 5, 'plain'), ('counted', 'error', 9, NULL, 'plain')");
    api.sql("INSERT INTO millrace.mv_requests (view_name) VALUES ('stranger'), ('counted')");

    JsonNode list = api.get(VIEWS).json();

    assertThat(list.path("views").findValuesAsText("view_name"))
        .containsExactly("My View.v2", "counted");
    assertThat(list.at("/views/1/status").asText()).isEqualTo("NEVER");
    assertThat(list.at("/views/1/reason").asText()).contains("a change has been missing for");
    assertThat(list.at("/statistics/total_refreshes").asLong()).isEqualTo(2);
    assertThat(list.at("/statistics/success_rate").asDouble()).isEqualTo(50);
    assertThat(list.at("/unknown_requests/0").asText()).isEqualTo("stranger");
    assertThat(api.get(VIEWS + "?group=stock").json().path("views")).hasSize(1);
    assertThat(api.get(VIEWS + "?status=LATE").json().path("views")).isEmpty();
    assertThat(api.get(VIEWS + "?status=old").status()).isEqualTo(400);
  }

  @Test
  void views_with_odd_names_are_found_with_all_details() {
    api.put(VIEWS + "/My%20View.v2", "{}");
    JsonNode view = api.get(VIEWS + "/public.My%20View.v2").json();
    assertThat(view.at("/relation/qualified_name").asText()).isEqualTo("public.\"My View.v2\"");
    assertThat(view.at("/relation/total_bytes").asLong()).isPositive();
    assertThat(view.at("/relation/size_pretty").asText()).isNotEmpty();
    assertThat(view.at("/problems/0/code").asText()).isEqualTo("no_unique_index");
    assertThat(view.at("/problems/0/fix_sql").asText()).contains("CREATE UNIQUE INDEX ON");
    assertThat(view.at("/reads/0/name").asText()).isEqualTo("public.part");
    assertThat(view.at("/reads/0/indexes/0").asText()).contains("part_pkey");
    assertThat(view.at("/history")).isEmpty();
  }

  @Test
  void a_refresh_is_queued_and_one_that_has_begun_is_followed_by_another() {
    assertThat(api.put(VIEWS + "/counted", "{}").status()).isEqualTo(200);
    Answer asked = api.post(VIEWS + "/public.counted/refresh", null);
    assertThat(asked.status()).isEqualTo(202);
    assertThat(asked.json().path("status").asText()).isEqualTo("queued");
    String job = asked.json().path("job_id").asText();
    assertThat(asked.header("Location")).isEqualTo("/api/admin/jobs/" + job);
    JsonNode ids = api.get(VIEWS + "/counted").json().at("/view/job_id");
    assertThat(ids.isTextual() && ids.asText().equals(job)).as("ids of jobs are text").isTrue();

    JsonNode joined = api.post(VIEWS + "/public.counted/refresh", null).json();
    assertThat(joined.path("status").asText()).isEqualTo("joined");
    assertThat(joined.path("job_id").asText()).isEqualTo(job);
    assertThat(requests()).isZero();

    ClaimedJob claimed = api.claim("mv.refresh");
    assertThat(api.post(VIEWS + "/public.counted/refresh", null).json().path("job_id").asText())
        .isEqualTo(Long.toString(claimed.id()));
    assertThat(requests()).isEqualTo(1);
    assertThat(api.post(VIEWS + "/nowhere/refresh", null).status()).isEqualTo(404);
  }

  private long requests() {
    return api.jdbi.withHandle(
        handle ->
            handle.select("SELECT count(*) FROM millrace.mv_requests").mapTo(Long.class).one());
  }

  @Test
  void the_wip_views_are_refreshed_as_documented() {
    assertThat(api.post(WIP, null).status()).isEqualTo(404);
    api.put(VIEWS + "/counted", "{\"view_group\": \"wip\"}");

    CompletableFuture<Answer> good = CompletableFuture.supplyAsync(() -> api.post(WIP, null));
    ClaimedJob first = claimed();
    CompletableFuture<Answer> late = CompletableFuture.supplyAsync(() -> api.post(WIP, null));
    await().until(() -> requests() == 1);
    assertThat(api.complete(first)).isTrue();
    assertThat(good.join().response().body())
        .isEqualTo(
            "{\"status\":\"success\",\"message\":\"WIP materialized views refreshed successfully\"}");

    // Who asked while it ran gets one of its own.
    assertThat(api.fail(claimed(), "division by zero")).isTrue();
    assertThat(late.join().response().body())
        .isEqualTo(
            "{\"status\":\"error\",\"message\":\"Failed to refresh views: division by zero\"}");
  }

  @Test
  void a_refresh_of_the_wip_views_that_waits_at_the_stop_is_202() {
    try (ApiFixture stopping = new ApiFixture()) {
      stopping.sql("CREATE MATERIALIZED VIEW public.waits AS SELECT 1 AS n");
      stopping.put(VIEWS + "/waits", "{\"view_group\": \"wip\"}");
      CompletableFuture<Answer> asked =
          CompletableFuture.supplyAsync(() -> stopping.post(WIP, null));
      await().atMost(Duration.ofSeconds(20)).until(() -> stopping.api.waiting() == 1);

      stopping.api.close();

      Answer answer = asked.join();
      assertThat(answer.status()).isEqualTo(202);
      assertThat(answer.json().path("status").asText()).isEqualTo("running");
      assertThat(answer.header("Location"))
          .isEqualTo("/api/admin/jobs/" + answer.json().path("job_id").asText());
    }
  }

  private ClaimedJob claimed() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                api.get("/api/admin/jobs?state=queued&kind=mv.refresh").json().path("jobs").size()
                    == 1);
    return api.claim("mv.refresh");
  }

  @Test
  void blocking_sessions_are_listed_with_those_that_wait() throws InterruptedException {
    assertThat(api.get(VIEWS + "/blocking").response().body()).isEqualTo("{\"sessions\":[]}");
    try (var holder = api.jdbi.open()) {
      holder.execute("BEGIN");
      holder.execute("LOCK TABLE public.part IN ACCESS EXCLUSIVE MODE");
      Thread waiter = new Thread(() -> api.sql("REFRESH MATERIALIZED VIEW public.counted"));
      waiter.start();
      JsonNode session =
          await()
              .until(
                  () -> api.get(VIEWS + "/blocking").json().at("/sessions/0"),
                  node -> !node.isMissingNode());
      assertThat(session.path("query").asText()).contains("REFRESH");
      assertThat(session.path("blocked_by").get(0)).isEqualTo(session.at("/blockers/0/pid"));
      assertThat(session.at("/blockers/0/age_seconds").isNumber()).isTrue();
      holder.execute("ROLLBACK");
      waiter.join();
    }
  }

  @Test
  void the_status_shows_how_fresh_each_view_is_without_a_clock_in_it() {
    api.put(VIEWS + "/counted", "{}");
    api.sql("INSERT INTO millrace.mv_requests (view_name) VALUES ('counted')");
    JsonNode view =
        await()
            .atMost(Duration.ofSeconds(10))
            .until(
                () -> api.get("/api/admin/status").json().at("/views/0"),
                node -> !node.path("missing_since").isNull() && !node.isMissingNode());
    assertThat(view.path("view_name").asText()).isEqualTo("counted");
    assertThat(view.path("status").asText()).isEqualTo("NEVER");
    assertThat(view.path("due_at").isNull()).isFalse();
    assertThat(view.path("last_status").isNull()).isTrue();
    String tag = api.get("/api/admin/status").header("ETag");
    await()
        .pollDelay(Duration.ofMillis(1200))
        .until(() -> api.get("/api/admin/status").header("ETag").equals(tag));
  }
}
