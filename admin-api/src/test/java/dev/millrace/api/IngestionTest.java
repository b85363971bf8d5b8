package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.job.NewJob;
import dev.millrace.queue.ClaimedJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The master sync as the documented IngestionStatus shows it, and asking for one. */
class IngestionTest {
  private static final String STATUS = "/api/admin/ingestion/status";
  private static final String SYNC = "/api/admin/ingestion/sync";

  private final ApiFixture api = new ApiFixture();

  @AfterEach
  void close() {
    api.close();
  }

  private JsonNode statusWhen(String syncState) {
    return await()
        .until(
            () -> api.get(STATUS).json(),
            status -> status.path("sync_state").asText().equals(syncState));
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void at_rest_it_has_the_documented_fields_and_three_of_our_own() {
    Answer answer = api.get(STATUS);

    JsonNode status = answer.json();
    assertThat(names(status))
        .containsExactly(
            "sync_state",
            "progress",
            "last_sync_at",
            "next_scheduled_at",
            "suppliers",
            "recent_logs",
            "master_status",
            "last_error",
            "schedule_note");
    assertThat(status.path("sync_state").asText()).isEqualTo("idle");
    assertThat(status.path("progress").isNull()).isTrue();
    assertThat(status.path("last_sync_at").isNull()).isTrue();
    assertThat(Instant.parse(status.path("next_scheduled_at").asText())).isAfter(Instant.now());
    assertThat(status.path("suppliers")).isEmpty();
    assertThat(status.path("recent_logs")).isEmpty();
    assertThat(
            api.send(api.request(STATUS).header("If-None-Match", answer.header("ETag"))).status())
        .isEqualTo(304);
  }

  @Test
  void a_sync_is_followed_from_the_request_to_its_end() {
    Answer asked = api.post(SYNC, null);
    assertThat(asked.status()).isEqualTo(202);
    assertThat(asked.json().path("status").asText()).isEqualTo("queued");
    String taskId = asked.json().path("task_id").textValue();
    assertThat(asked.header("Location")).isEqualTo("/api/admin/jobs/" + taskId);
    assertThat(api.get(asked.header("Location")).status()).isEqualTo(200);
    assertThat(statusWhen("syncing_master").path("progress").isNull()).isTrue();

    ClaimedJob master = api.claim("sync.master");
    assertThat(statusWhen("syncing_master").path("progress").isNull()).isTrue();
    List<NewJob> suppliers =
        IntStream.range(0, 3).mapToObj(i -> NewJob.of("sync.supplier", "{}")).toList();
    api.results.waiting(master, suppliers, "{}");
    JsonNode progress = statusWhen("processing_suppliers").path("progress");
    assertThat(progress.toString()).isEqualTo("{\"current\":0,\"total\":3}");

    api.complete(api.claim("sync.supplier"));
    api.fail(api.claim("sync.supplier"), "unreachable");
    await().until(() -> api.get(STATUS).json().at("/progress/current").asLong() == 2);
    assertThat(api.get(STATUS).json().at("/progress/total").asLong()).isEqualTo(3);

    api.complete(api.claim("sync.supplier"));
    JsonNode end = statusWhen("idle");
    assertThat(end.path("progress").isNull()).isTrue();
    assertThat(Instant.parse(end.path("last_sync_at").asText()))
        .isAfter(Instant.now().minusSeconds(60));
    assertThat(api.state(Long.parseLong(taskId))).isEqualTo("completed");
  }

  @Test
  void the_newest_log_row_decides_the_status_of_a_supplier() {
    api.sql(
        """
        INSERT INTO public.suppliers (code, name, sheet_url, last_sync_at) VALUES
          ('a', 'Abel', 'file:a', clock_timestamp()), ('b', 'Berta', 'file:b', clock_timestamp()), ('c', 'Cora', 'file:c', NULL);
        INSERT INTO public.parsing_logs (supplier_id, error_type, error_message, created_at)
          SELECT id, 'UNREACHABLE', 'no answer', clock_timestamp() - interval '1 h' FROM public.suppliers WHERE name <> 'Cora';
        INSERT INTO public.parsing_logs (supplier_id, error_type, error_message)
          SELECT id, 'SUCCESS', '2 items' FROM public.suppliers WHERE name = 'Abel';
        INSERT INTO public.supplier_items (supplier_id, supplier_sku, name, current_price, source_row, job_id, vanished_at)
          SELECT id, sku, 'part', 1, 1, 1, CASE sku WHEN 'z' THEN now() END
            FROM public.suppliers, (VALUES ('x'), ('y'), ('z')) items (sku) WHERE suppliers.name = 'Abel'
        """);

    JsonNode status = api.get(STATUS).json();

    JsonNode abel = status.at("/suppliers/0");
    assertThat(names(abel))
        .containsExactly(
            "id",
            "name",
            "status",
            "last_sync_at",
            "items_count",
            "last_error",
            "enabled",
            "disabled_reason");
    assertThat(abel.path("name").asText()).isEqualTo("Abel");
    assertThat(abel.path("status").asText()).isEqualTo("success");
    assertThat(abel.path("items_count").asLong()).isEqualTo(2);
    assertThat(abel.path("last_error").isNull()).isTrue();
    assertThat(status.at("/suppliers/1/status").asText()).isEqualTo("error");
    assertThat(status.at("/suppliers/1/last_error").asText()).isEqualTo("no answer");
    assertThat(status.at("/suppliers/2/status").asText()).isEqualTo("pending");
    assertThat(status.path("recent_logs")).hasSize(3);
    assertThat(status.at("/recent_logs/0/error_type").asText()).isEqualTo("SUCCESS");
    assertThat(status.at("/recent_logs/0/supplier_name").asText()).isEqualTo("Abel");
  }

  @Test
  void a_dry_run_is_not_the_last_sync() {
    assertThat(api.post(SYNC + "?dry_run=true", null).status()).isEqualTo(202);
    api.complete(api.claim("sync.master"));

    JsonNode status = statusWhen("idle");

    assertThat(status.path("last_sync_at").isNull()).isTrue();
  }

  @Test
  void the_log_shown_is_the_newest_fifty() {
    api.sql(
        "INSERT INTO public.parsing_logs (error_type, error_message, created_at)"
            + " SELECT 'BAD_ROW', n::text, clock_timestamp() + n * interval '1 ms' FROM generate_series(1, 70) n");

    JsonNode logs = api.get(STATUS).json().path("recent_logs");

    assertThat(logs).hasSize(50);
    assertThat(logs.at("/0/message").asText()).isEqualTo("70");
    assertThat(logs.at("/49/message").asText()).isEqualTo("21");
  }

  @Test
  void one_of_200_concurrent_requests_syncs_the_others_get_its_task_id() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(32);
    try {
      List<Callable<Answer>> calls =
          IntStream.range(0, 200)
              .<Callable<Answer>>mapToObj(i -> () -> api.post(SYNC, null))
              .toList();
      List<Answer> answers = new ArrayList<>();
      for (Future<Answer> answer : pool.invokeAll(calls)) {
        answers.add(answer.get());
      }

      List<Answer> accepted = answers.stream().filter(a -> a.status() == 202).toList();
      assertThat(accepted).hasSize(1);
      String taskId = accepted.get(0).json().path("task_id").asText();
      assertThat(answers.stream().filter(a -> a.status() == 409))
          .hasSize(199)
          .allSatisfy(
              refused -> {
                assertThat(refused.json().path("task_id").asText()).isEqualTo(taskId);
                assertThat(refused.json().path("code").asText()).isEqualTo("sync_running");
                assertThat(refused.json().path("state").asText()).isEqualTo("queued");
                assertThat(Instant.parse(refused.json().path("started_at").asText())).isNotNull();
              });
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void after_a_sync_has_ended_the_next_may_begin() {
    String first = api.post(SYNC, null).json().path("task_id").asText();
    api.complete(api.claim("sync.master"));

    Answer next = api.post(SYNC, null);

    assertThat(next.status()).isEqualTo(202);
    assertThat(next.json().path("task_id").asText()).isNotEqualTo(first);
  }

  @Test
  void a_sync_whose_suppliers_are_at_work_is_still_the_one() {
    String taskId = api.post(SYNC, null).json().path("task_id").asText();
    api.results.waiting(api.claim("sync.master"), List.of(NewJob.of("sync.supplier", "{}")), "{}");

    Answer refused = api.post(SYNC, null);

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().path("task_id").asText()).isEqualTo(taskId);
    assertThat(refused.json().path("state").asText()).isEqualTo("waiting");
  }

  @Test
  void without_a_master_sheet_a_sync_is_refused_with_what_to_set() {
    api.sql("UPDATE millrace.queue_workers SET kinds = array_remove(kinds, 'sync.master')");

    Answer answer = api.post(SYNC, null);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().path("code").asText()).isEqualTo("no_master_sheet");
    assertThat(answer.json().path("detail").asText()).contains("set MASTER_SHEET_URL");
    assertThat(
            api.post("/api/admin/workers/master-sync/run-once", null).json().path("code").asText())
        .isEqualTo("no_master_sheet");
    api.sql("DELETE FROM millrace.queue_workers");
    assertThat(api.post(SYNC, null).status()).as("no worker runs: it waits").isEqualTo(202);
  }

  @Test
  void a_master_sheet_that_is_lost_is_shown_until_it_is_read_again() {
    assertThat(api.get(STATUS).json().path("master_status").asText()).isEqualTo("pending");
    String log =
        "INSERT INTO public.parsing_logs (error_type, error_message, rows_left_out) VALUES ('%s', '%s', 0)";
    api.sql(log.formatted("ACCESS_DENIED", "the master sheet could not be read: 403"));
    await().until(() -> api.get(STATUS).json().path("master_status").asText().equals("error"));
    assertThat(api.get(STATUS).json().path("last_error").asText())
        .isEqualTo("the master sheet could not be read: 403");

    api.sql(log.formatted("SUCCESS", "2 suppliers"));

    await().until(() -> api.get(STATUS).json().path("master_status").asText().equals("success"));
    assertThat(api.get(STATUS).json().path("last_error").isNull()).isTrue();
  }

  @Test
  void the_status_shows_a_sync_as_soon_as_it_is_asked_for() {
    assertThat(api.get(STATUS).json().path("sync_state").asText()).isEqualTo("idle");
    assertThat(api.post(SYNC, null).status()).isEqualTo(202);

    assertThat(api.get(STATUS).json().path("sync_state").asText()).isEqualTo("syncing_master");
  }
}
