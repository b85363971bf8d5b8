package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.job.JobState;
import dev.millrace.job.NewJob;
import dev.millrace.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The log of the sheets and the history of the syncs, page by page. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SyncHistoryTest {
  private static final String LOGS = "/api/admin/ingestion/logs";
  private static final String SYNCS = "/api/admin/ingestion/syncs";

  private final ApiFixture api = new ApiFixture();

  @BeforeEach
  void empty() {
    api.clear();
    api.sql("TRUNCATE public.suppliers, public.parsing_logs CASCADE");
  }

  @AfterAll
  void close() {
    api.close();
  }

  private void logs(int rows, String type, String code) {
    api.sql(
        "INSERT INTO public.parsing_logs (supplier_id, error_type, error_message, row_number, created_at)"
            + " SELECT (SELECT id FROM public.suppliers WHERE code = ?), ?, n::text, n,"
            + " timestamptz '2026-01-01 00:00Z' + (n / 3) * interval '1 s' FROM generate_series(1, ?) n",
        code,
        type,
        rows);
  }

  private void supplier(String code) {
    api.sql("INSERT INTO public.suppliers (code, name) VALUES (?, ?)", code, "name of " + code);
  }

  /** The messages of all pages, in order. */
  private List<String> messages(String query, int limit) {
    List<String> messages = new ArrayList<>();
    String cursor = "";
    do {
      Answer answer = api.get(LOGS + "?limit=" + limit + query + cursor);
      assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
      JsonNode logs = answer.json().path("logs");
      assertThat(logs.size()).isLessThanOrEqualTo(limit);
      logs.forEach(row -> messages.add(row.path("message").asText()));
      JsonNode next = answer.json().path("next_cursor");
      cursor = next.isNull() ? "" : "&cursor=" + next.asText();
    } while (!cursor.isEmpty());
    return messages;
  }

  @Test
  void the_log_is_read_page_by_page_without_gaps_or_repeats() {
    supplier("a");
    logs(100, "BAD_ROW", "a");

    List<String> paged = messages("", 7);

    assertThat(paged).hasSize(100).doesNotHaveDuplicates();
    assertThat(paged).isEqualTo(messages("", 200));
    assertThat(paged.subList(0, 2)).containsExactlyInAnyOrder("100", "99");
  }

  @Test
  void the_log_is_filtered_by_supplier_type_and_time() {
    supplier("a");
    supplier("b");
    logs(5, "BAD_ROW", "a");
    logs(2, "UNREACHABLE", "b");
    logs(1, "SUCCESS", "nobody");
    String id = api.get(LOGS + "?type=UNREACHABLE").json().at("/logs/0/supplier_id").asText();
    assertThat(messages("&supplier=" + id, 50)).hasSize(2);
    assertThat(messages("&supplier=master", 50)).containsExactly("1");
    assertThat(messages("&type=BAD_ROW", 2)).hasSize(5);
    assertThat(messages("&type=NOTHING", 50)).isEmpty();
    String from = URLEncoder.encode("2026-01-01T01:00:01+01:00", StandardCharsets.UTF_8);
    assertThat(messages("&type=BAD_ROW&from=" + from, 50)).containsExactlyInAnyOrder("3", "4", "5");
    assertThat(messages("&type=BAD_ROW&until=2026-01-01T00:00:01Z", 50))
        .containsExactlyInAnyOrder("1", "2");
    assertThat(api.get(LOGS + "?from=yesterday").json().path("code").asText())
        .isEqualTo("invalid_parameter");
    JsonNode row = api.get(LOGS + "?supplier=" + id + "&limit=1").json();
    assertThat(row.at("/logs/0/supplier_name").asText()).isEqualTo("name of b");
    assertThat(row.at("/logs/0/row_number").asInt()).isEqualTo(2);
    assertThat(api.get(LOGS + "?cursor=" + row.path("next_cursor").asText()).status())
        .as("a cursor of another filter")
        .isEqualTo(400);
  }

  @Test
  void a_row_that_cannot_be_read_is_shown_with_its_cell() {
    logs(1, "SUCCESS", "nobody");
    api.sql(
        "INSERT INTO public.parsing_logs (error_type, error_message, row_number, sheet_tab, column_name, cell_value, code)"
            + " VALUES ('BAD_ROW', 'is no price', 7, 'Prices', 'Net', '1.2.3', 'NOT_A_NUMBER')");
    JsonNode logs = api.get(LOGS).json().path("logs");
    assertThat(logs.at("/0/cell"))
        .isEqualTo(
            Json.tree(
                "{\"sheet_tab\": \"Prices\", \"column\": \"Net\", \"value\": \"1.2.3\", \"code\": \"NOT_A_NUMBER\"}"));
    assertThat(logs.at("/1/cell").isNull()).isTrue();
  }

  @Test
  void rare_rows_are_found_behind_pages_that_hold_none() {
    logs(1, "ACCESS_DENIED", "nobody");
    logs(12_000, "BAD_ROW", "nobody");

    Answer first = api.get(LOGS + "?type=ACCESS_DENIED");

    assertThat(first.json().path("logs")).isEmpty();
    assertThat(first.json().path("next_cursor").isNull()).isFalse();
    assertThat(messages("&type=ACCESS_DENIED", 50)).containsExactly("1");
  }

  private void ended(String result) {
    api.results.ended(api.claim("sync.supplier"), JobState.COMPLETED, null, result);
  }

  @Test
  void the_history_sums_what_the_suppliers_of_a_sync_recorded() {
    String task =
        api.post("/api/admin/ingestion/sync?dry_run=true", null).json().path("task_id").asText();
    NewJob child = NewJob.of("sync.supplier", "{\"supplier_id\": \"7\"}");
    api.results.waiting(
        api.claim("sync.master"),
        List.of(child, child, child),
        "{\"suppliers\": 3, \"enabled\": 3, \"problems\": 1, \"dry_run\": true}");
    String counts =
        "{\"supplier\": \"A\", \"outcome\": \"%s\", \"items\": 10, \"inserted\": 1, \"changed\": 2,"
            + " \"vanished\": 3, \"unchanged\": 4, \"rejected\": 5, \"message\": \"m\","
            + " \"differences\": [{\"sku\": \"x\", \"change\": \"inserted\"}]}";
    ended(counts.formatted("SUCCESS"));
    ended(counts.formatted("SUCCESS"));
    assertThat(api.get(SYNCS).json().at("/syncs/0/unfinished").asInt()).isEqualTo(1);
    ended("{\"supplier\": \"B\", \"outcome\": \"ACCESS_DENIED\", \"items\": \"none\"}");

    JsonNode sync = api.get(SYNCS).json().at("/syncs/0");

    assertThat(sync.path("id").asText()).isEqualTo(task);
    assertThat(sync.path("state").asText()).isEqualTo("completed");
    assertThat(sync.path("trigger").asText()).isEqualTo("api");
    assertThat(sync.path("worker_id").asText()).isEqualTo(ApiFixture.WORKER);
    assertThat(sync.path("dry_run").asBoolean()).isTrue();
    assertThat(sync.path("suppliers").asInt()).isEqualTo(3);
    assertThat(sync.path("problems").asInt()).isEqualTo(1);
    assertThat(sync.path("succeeded").asInt()).isEqualTo(2);
    assertThat(sync.path("failed").asInt()).isEqualTo(1);
    assertThat(sync.path("items").asInt()).isEqualTo(20);
    assertThat(sync.path("vanished").asInt()).isEqualTo(6);
    assertThat(sync.path("rejected").asInt()).isEqualTo(10);
    assertThat(sync.path("duration_ms").asLong(-1)).isNotNegative();
    Answer detail = api.get(SYNCS + "/" + task + "?limit=2");
    assertThat(detail.json().at("/suppliers/0/result/differences/0/sku").asText()).isEqualTo("x");
    assertThat(detail.json().at("/suppliers")).hasSize(2);
    Answer more =
        api.get(SYNCS + "/" + task + "?cursor=" + detail.json().path("next_cursor").asText());
    assertThat(more.json().at("/suppliers")).hasSize(1);
    assertThat(more.json().at("/suppliers/0/result/outcome").asText()).isEqualTo("ACCESS_DENIED");
    assertThat(more.json().path("next_cursor").isNull()).isTrue();
  }

  @Test
  void the_history_is_newest_first_in_pages() {
    List<String> tasks = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      tasks.add(0, api.post("/api/admin/ingestion/sync", null).json().path("task_id").asText());
      api.complete(api.claim("sync.master"));
    }
    JsonNode first = api.get(SYNCS + "?limit=3").json();
    JsonNode rest = api.get(SYNCS + "?cursor=" + first.path("next_cursor").asText()).json();
    List<String> read = new ArrayList<>();
    first.path("syncs").forEach(sync -> read.add(sync.path("id").asText()));
    rest.path("syncs").forEach(sync -> read.add(sync.path("id").asText()));
    assertThat(read).isEqualTo(tasks);
    assertThat(rest.path("next_cursor").isNull()).isTrue();
    assertThat(api.get(SYNCS + "/1234567").status()).isEqualTo(404);
    assertThat(api.get(SYNCS + "/" + api.enqueue("test.noop")).status()).isEqualTo(404);
  }

  /** A job of the kind may be enqueued by another way than the schedule and the call for it. */
  @Test
  void a_sync_that_was_enqueued_as_a_job_or_in_sql_is_a_sync() {
    api.kindIsKnown("sync.master", "[]");
    String byJob =
        api.post("/api/admin/jobs", "{\"kind\": \"sync.master\", \"payload\": {}}")
            .json()
            .path("job_id")
            .asText();
    statusWhen("syncing_master");
    api.complete(api.claim("sync.master"));
    String lastSync = statusWhen("idle").path("last_sync_at").asText();
    assertThat(lastSync).isNotEmpty();
    api.sql("SELECT millrace.enqueue('sync.master', '{}')");
    api.results.waiting(
        api.claim("sync.master"), List.of(NewJob.of("sync.supplier", "{}")), "{\"suppliers\": 1}");
    JsonNode meanwhile = statusWhen("processing_suppliers");
    assertThat(meanwhile.path("last_sync_at").asText()).isEqualTo(lastSync);
    ended("{\"outcome\": \"SUCCESS\"}");

    JsonNode syncs = api.get(SYNCS).json().path("syncs");

    assertThat(syncs).hasSize(2);
    assertThat(syncs.at("/0/trigger").asText()).isEqualTo("sql");
    assertThat(syncs.at("/0/suppliers").asInt()).isEqualTo(1);
    assertThat(syncs.at("/1/id").asText()).isEqualTo(byJob);
    assertThat(Instant.parse(statusWhen("idle").path("last_sync_at").asText()))
        .isAfter(Instant.parse(lastSync));
    assertThat(api.get(SYNCS + "/" + byJob).status()).isEqualTo(200);
  }

  /** The status is that of the last second. */
  private JsonNode statusWhen(String syncState) {
    return await()
        .until(
            () -> api.get("/api/admin/ingestion/status").json(),
            status -> status.path("sync_state").asText().equals(syncState));
  }
}
