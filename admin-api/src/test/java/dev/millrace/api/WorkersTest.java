package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.queue.ClaimedJob;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Background workers as requirement 000 §4 documents them, for every row alike. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkersTest {
  private static final String WORKER = "/api/admin/workers/inventory-mv-refresh";

  private final ApiFixture api = new ApiFixture();

  @BeforeEach
  void nothing_has_happened_yet() {
    api.clear();
  }

  @AfterAll
  void close() {
    api.close();
  }

  private ClaimedJob claimWhenQueued(String kind) {
    await()
        .until(
            () ->
                api.get("/api/admin/jobs?state=queued&kind=" + kind).json().path("jobs").size()
                    == 1);
    return api.claim(kind);
  }

  @Test
  void a_worker_has_the_documented_fields_first() {
    JsonNode worker = api.get(WORKER).json();

    List<String> names = new ArrayList<>();
    worker.fieldNames().forEachRemaining(names::add);
    assertThat(names)
        .startsWith(
            "worker_key",
            "display_name",
            "description",
            "enabled",
            "interval_seconds",
            "last_run_at",
            "last_run_status",
            "last_run_error");
    assertThat(worker.path("worker_key").asText()).isEqualTo("inventory_mv_refresh");
    assertThat(worker.path("display_name").asText()).isEqualTo("Inventory MV Refresh");
    assertThat(worker.path("enabled").asBoolean()).isTrue();
    assertThat(worker.path("interval_seconds").intValue()).isEqualTo(600);
    assertThat(worker.path("last_run_at").isNull()).isTrue();
    assertThat(worker.path("last_run_status").isNull()).isTrue();
    assertThat(worker.path("last_run_error").isNull()).isTrue();
  }

  @Test
  void dashes_and_underscores_name_the_same_worker() {
    assertThat(api.get("/api/admin/workers/inventory_mv_refresh").json())
        .isEqualTo(api.get(WORKER).json());
    assertThat(api.get("/api/admin/workers").json().path("workers").findValuesAsText("worker_key"))
        .contains("inventory_mv_refresh", "master_sync");
    assertThat(api.get("/api/admin/workers/no-such").status()).isEqualTo(404);
  }

  @Test
  void a_new_row_has_its_endpoints_at_once() {
    api.sql(
        "INSERT INTO public.background_workers (worker_name, interval_seconds, kind) VALUES ('log_cleanup', NULL, 'test.noop')");

    JsonNode worker = api.get("/api/admin/workers/log-cleanup").json();

    assertThat(worker.path("interval_seconds").intValue()).isEqualTo(600);
    assertThat(api.put("/api/admin/workers/log-cleanup", "{\"enabled\": false}").status())
        .isEqualTo(200);
  }

  @Test
  void a_change_answers_with_the_worker_as_it_is_then() {
    Answer answer = api.put(WORKER, "{\"enabled\": false, \"interval_seconds\": 5}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("enabled").asBoolean()).isFalse();
    assertThat(answer.json().path("interval_seconds").intValue()).isEqualTo(5);
    assertThat(api.get(WORKER).json()).isEqualTo(answer.json());
    assertThat(adminSet()).isEqualTo("enabled interval_seconds");
  }

  private String adminSet() {
    return api.jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT array_to_string(admin_set, ' ') FROM public.background_workers WHERE worker_name = 'inventory_mv_refresh'")
                .mapTo(String.class)
                .one());
  }

  @Test
  void fields_that_are_not_sent_stay() {
    Answer answer = api.put(WORKER, "{\"enabled\": false}");

    assertThat(answer.json().path("interval_seconds").intValue()).isEqualTo(600);
    assertThat(adminSet()).isEqualTo("enabled");
    assertThat(api.put(WORKER, "{}").json()).isEqualTo(answer.json());
  }

  @Test
  void an_interval_takes_the_place_of_a_cron_expression() {
    String path = "/api/admin/workers/master-sync";
    assertThat(api.get(path).json().path("cron").isNull()).isFalse();

    JsonNode worker = api.put(path, "{\"interval_seconds\": 60}").json();

    assertThat(worker.path("cron").isNull()).isTrue();
    assertThat(worker.path("interval_seconds").intValue()).isEqualTo(60);
  }

  @Test
  void what_cannot_be_is_refused_by_name() {
    Map<String, String> bodies =
        Map.of(
            "{\"interval_seconds\": 0}", "/interval_seconds",
            "{\"interval_seconds\": -5}", "/interval_seconds",
            "{\"interval_seconds\": 1.5}", "/interval_seconds",
            "{\"interval_seconds\": \"600\"}", "/interval_seconds",
            "{\"interval_seconds\": 99999999999}", "/interval_seconds",
            "{\"enabled\": \"yes\"}", "/enabled",
            "{\"enabled\": 1}", "/enabled",
            "{\"intervall_seconds\": 5}", "/intervall_seconds");
    JsonNode before = api.get(WORKER).json();

    bodies.forEach(
        (body, pointer) -> {
          Answer answer = api.put(WORKER, body);
          assertThat(answer.status()).as(body).isEqualTo(422);
          assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
          assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo(pointer);
          assertThat(answer.json().at("/errors/0/detail").asText()).isNotEmpty();
        });

    assertThat(api.get(WORKER).json()).isEqualTo(before);
  }

  @Test
  void all_errors_of_a_body_are_reported_at_once() {
    Answer answer = api.put(WORKER, "{\"enabled\": 1, \"interval_seconds\": 0, \"x\": 1}");

    assertThat(answer.json().path("errors")).hasSize(3);
  }

  @Test
  void a_body_that_is_not_json_is_refused() {
    assertThat(api.put(WORKER, "{enabled").status()).isEqualTo(400);
    assertThat(api.put(WORKER, "[]").status()).isEqualTo(400);
    assertThat(api.put(WORKER, "").status()).isEqualTo(400);
    assertThat(
            api.send(
                    api.request(WORKER)
                        .header("Content-Type", "text/plain")
                        .PUT(BodyPublishers.ofString("{}")))
                .status())
        .isEqualTo(415);
    assertThat(api.put(WORKER, " ".repeat(70_000)).status()).isEqualTo(413);
  }

  @Test
  void the_second_of_two_concurrent_changes_is_refused() {
    String seenByBoth = api.get(WORKER).header("ETag");
    assertThat(change(seenByBoth, 30).status()).isEqualTo(200);

    Answer second = change(seenByBoth, 40);

    assertThat(second.status()).isEqualTo(412);
    assertThat(second.json().path("code").asText()).isEqualTo("stale_version");
    assertThat(api.get(WORKER).json().path("interval_seconds").intValue()).isEqualTo(30);
    assertThat(second.header("ETag")).isEqualTo(api.get(WORKER).header("ETag"));
    assertThat(change(api.get(WORKER).header("ETag"), 40).status()).isEqualTo(200);
    assertThat(change("*", 50).status()).isEqualTo(200);
  }

  private Answer change(String ifMatch, int interval) {
    return api.send(
        api.request(WORKER)
            .header("Content-Type", "application/json")
            .header("If-Match", ifMatch)
            .PUT(BodyPublishers.ofString("{\"interval_seconds\": " + interval + "}")));
  }

  @Test
  void a_run_does_not_make_an_admins_version_stale() {
    String tag = api.get(WORKER).header("ETag");
    CompletableFuture<Answer> run =
        CompletableFuture.supplyAsync(() -> api.post(WORKER + "/run-once", null));
    api.complete(claimWhenQueued("mv.refresh"));
    assertThat(run.join().status()).isEqualTo(200);

    assertThat(change(tag, 30).status()).isEqualTo(200);
  }

  @Test
  void run_once_answers_success_and_the_row_follows() {
    CompletableFuture<Answer> run =
        CompletableFuture.supplyAsync(() -> api.post(WORKER + "/run-once", null));
    ClaimedJob job = claimWhenQueued("mv.refresh");
    assertThat(job.payload()).contains("mv_tbl_parts_inventory_sku_counts");
    assertThat(job.trigger()).isEqualTo("manual");
    assertThat(api.get(WORKER).json().path("last_run_status").asText()).isEqualTo("running");
    api.complete(job);

    Answer answer = run.join();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.response().body()).isEqualTo("{\"status\":\"success\"}");
    JsonNode worker = api.get(WORKER).json();
    assertThat(worker.path("last_run_status").asText()).isEqualTo("success");
    assertThat(worker.path("runs_ok_in_row").intValue()).isEqualTo(1);
    assertThat(worker.path("last_run_at").isNull()).isFalse();
  }

  @Test
  void run_once_of_a_disabled_worker_answers_its_error() {
    api.put(WORKER, "{\"enabled\": false}");
    CompletableFuture<Answer> run =
        CompletableFuture.supplyAsync(() -> api.post(WORKER + "/run-once", null));
    api.fail(claimWhenQueued("mv.refresh"), "view is not populated");

    Answer answer = run.join();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.response().body())
        .isEqualTo("{\"status\":\"error\",\"message\":\"view is not populated\"}");
    assertThat(api.get(WORKER).json().path("runs_error_in_row").intValue()).isEqualTo(1);
  }

  @Test
  void run_once_joins_a_run_in_progress() {
    CompletableFuture<Answer> first =
        CompletableFuture.supplyAsync(() -> api.post(WORKER + "/run-once", null));
    ClaimedJob job = claimWhenQueued("mv.refresh");
    CompletableFuture<Answer> second =
        CompletableFuture.supplyAsync(() -> api.post(WORKER + "/run-once", null));
    await().during(Duration.ofMillis(200)).until(() -> !second.isDone());
    api.complete(job);

    assertThat(first.join().response().body()).isEqualTo("{\"status\":\"success\"}");
    assertThat(second.join().response().body()).isEqualTo("{\"status\":\"success\"}");
    assertThat(api.get("/api/admin/jobs?kind=mv.refresh").json().path("jobs")).hasSize(1);
  }

  @Test
  void a_waiting_request_gets_202_when_the_server_stops() {
    try (ApiFixture stopping = new ApiFixture()) {
      CompletableFuture<Answer> run =
          CompletableFuture.supplyAsync(() -> stopping.post(WORKER + "/run-once", null));
      await()
          .until(
              () -> !stopping.get("/api/admin/jobs?kind=mv.refresh").json().path("jobs").isEmpty());
      ClaimedJob job = stopping.claim("mv.refresh");

      stopping.api.close();

      Answer answer = run.join();
      assertThat(answer.status()).isEqualTo(202);
      assertThat(answer.header("Location")).isEqualTo("/api/admin/jobs/" + job.id());
      assertThat(answer.json().path("status").asText()).isEqualTo("running");
      assertThat(answer.json().path("job_id").asText()).isEqualTo(Long.toString(job.id()));
    }
  }

  @Test
  void a_run_that_cannot_be_asked_for_is_a_documented_500() {
    api.sql("ALTER TABLE millrace.kinds RENAME TO elsewhere");
    try {
      Answer answer = api.post(WORKER + "/run-once", null);

      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.json().path("detail").asText()).isEqualTo("run_once_failed");
    } finally {
      api.sql("ALTER TABLE millrace.elsewhere RENAME TO kinds");
    }
  }

  @Test
  void a_run_whose_worker_cannot_be_read_is_a_documented_500() {
    api.sql("ALTER TABLE public.background_workers RENAME TO elsewhere");
    try {
      Answer answer = api.post(WORKER + "/run-once", null);

      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.json().path("detail").asText()).isEqualTo("run_once_failed");
    } finally {
      api.sql("ALTER TABLE public.elsewhere RENAME TO background_workers");
    }
  }

  @Test
  void a_worker_without_a_kind_has_nothing_to_run() {
    api.sql("INSERT INTO public.background_workers (worker_name) VALUES ('only_shown')");

    assertThat(api.post("/api/admin/workers/only-shown/run-once", null).status()).isEqualTo(409);
  }
}
