package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.job.JobState;
import dev.millrace.job.NewJob;
import dev.millrace.json.Json;
import dev.millrace.queue.ClaimedJob;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The calls that start and cancel syncs. */
class SyncCallsTest {
  private static final String SYNC = "/api/admin/ingestion/sync";
  private static final String CANCEL = SYNC + "/cancel";

  private final ApiFixture api = new ApiFixture();

  @BeforeEach
  void suppliers() {
    api.sql(
        "INSERT INTO public.suppliers (code, name, sheet_url, enabled, disabled_reason) VALUES"
            + " ('a', 'Abel 100%', 'file:a', true, NULL), ('b', 'Berta', NULL, true, NULL),"
            + " ('c', 'Cora', 'file:c', false, 'not in the master sheet')");
  }

  @AfterEach
  void close() {
    api.close();
  }

  private String supplier(String code) {
    return api.jdbi.withHandle(
        handle ->
            handle
                .select("SELECT id::text FROM public.suppliers WHERE code = ?", code)
                .mapTo(String.class)
                .one());
  }

  private String of(String code) {
    return "/api/admin/ingestion/suppliers/" + supplier(code) + "/sync";
  }

  private JsonNode payload(Answer answer) {
    return api.get(answer.header("Location")).json().path("payload");
  }

  private static String task(Answer answer) {
    return answer.json().path("task_id").asText();
  }

  @Test
  void the_flags_of_a_sync_are_in_its_payload() {
    Answer dry = api.post(SYNC + "?dry_run=true", null);
    assertThat(dry.status()).isEqualTo(202);
    assertThat(payload(dry)).isEqualTo(Json.tree("{\"dry_run\": true}"));
    assertThat(Instant.parse(dry.json().path("started_at").asText())).isBefore(Instant.now());
    assertThat(api.post(CANCEL, null).status()).isEqualTo(200);
    Answer failed = api.post(SYNC + "?dry_run=false&only_failed=true", null);
    assertThat(payload(failed)).isEqualTo(Json.tree("{\"only_failed\": true}"));
    assertThat(api.post(SYNC + "?dry_run=yes", null).status()).isEqualTo(400);
    assertThat(api.post(SYNC + "?dryrun=true", null).status()).isEqualTo(400);
  }

  @Test
  void a_refused_sync_names_the_holder_and_who_asked_for_it() {
    String task = task(api.post(SYNC, null));
    ClaimedJob master = api.claim("sync.master");
    JsonNode refused = api.post(SYNC, null).json();
    assertThat(refused.path("task_id").asText()).isEqualTo(task);
    assertThat(refused.path("holder").asText()).isEqualTo(ApiFixture.WORKER);
    assertThat(refused.path("trigger").asText()).isEqualTo("api");
    assertThat(refused.path("state").asText()).isEqualTo("processing");
    assertThat(Instant.parse(refused.path("started_at").asText())).isBefore(Instant.now());
    api.complete(master);
  }

  @Test
  void the_eleventh_sync_started_within_a_minute_is_refused() {
    for (int i = 0; i < 10; i++) {
      assertThat(api.post(SYNC, null).status()).as("call " + i).isEqualTo(202);
      assertThat(api.post(SYNC, null).status()).as("a refused one does not count").isEqualTo(409);
      assertThat(api.post(CANCEL, null).status()).isEqualTo(200);
    }
    Answer refused = api.post(SYNC, null);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.json().path("code").asText()).isEqualTo("too_many_syncs");
    assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
    assertThat(api.post("/api/admin/workers/master-sync/run-once", null).status()).isEqualTo(429);
    api.sql(
        "UPDATE millrace.jobs SET created_at = created_at - interval '1 minute' WHERE id = (SELECT min(id) FROM millrace.jobs)");
    assertThat(api.post(SYNC, null).status()).isEqualTo(202);
  }

  @Test
  void one_supplier_is_synced_alone_and_once_at_a_time() {
    Answer started = api.post(of("a") + "?accept_vanished=true", null);
    assertThat(started.status()).isEqualTo(202);
    assertThat(payload(started))
        .isEqualTo(
            Json.tree(
                "{\"supplier_id\": \"%s\", \"accept_vanished\": true}".formatted(supplier("a"))));
    Answer again = api.post(of("a"), null);
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.json().path("code").asText()).isEqualTo("supplier_sync_running");
    assertThat(task(again)).isEqualTo(task(started));
    assertThat(again.json().path("detail").asText())
        .isEqualTo("the sync " + task(started) + " of supplier 'Abel 100%' is still running");
    api.complete(api.claim("sync.supplier"));
    assertThat(api.post(of("a") + "?dry_run=true", null).status()).isEqualTo(202);
  }

  @Test
  void a_supplier_that_cannot_be_synced_is_refused_with_the_reason() {
    assertThat(api.post(of("b"), null).json().path("detail").asText())
        .isEqualTo("supplier 'Berta' has no sheet: name it in the master sheet");
    assertThat(api.post(of("c"), null).json().path("detail").asText())
        .isEqualTo(
            "supplier 'Cora' is disabled (not in the master sheet): enable it in the master sheet");
    assertThat(api.post("/api/admin/ingestion/suppliers/nobody/sync", null).status())
        .isEqualTo(404);
    assertThat(api.post("/api/admin/ingestion/suppliers/a%00b/sync", null).status())
        .isBetween(400, 404);
    api.sql("UPDATE millrace.queue_workers SET kinds = array_remove(kinds, 'sync.master')");
    assertThat(api.post(of("a"), null).json().path("code").asText()).isEqualTo("no_master_sheet");
  }

  @Test
  void a_cancel_ends_a_sync_with_the_jobs_of_its_suppliers() {
    assertThat(api.post(CANCEL, null).json().path("code").asText()).isEqualTo("no_sync_running");
    String task = task(api.post(SYNC, null));
    NewJob child = NewJob.of("sync.supplier", "{}");
    api.results.waiting(api.claim("sync.master"), List.of(child, child), "{}");
    ClaimedJob begun = api.claim("sync.supplier");

    Answer cancel = api.post(CANCEL, null);

    assertThat(cancel.status()).isEqualTo(202);
    assertThat(cancel.json().path("status").asText()).isEqualTo("cancelling");
    assertThat(task(cancel)).isEqualTo(task);
    List<String> children =
        api.jdbi.withHandle(
            handle ->
                handle
                    .select(
                        "SELECT state FROM millrace.jobs WHERE parent_id = ? ORDER BY state",
                        Long.parseLong(task))
                    .mapTo(String.class)
                    .list());
    assertThat(children).containsExactly("cancelled", "processing");
    api.results.ended(begun, JobState.CANCELLED, null, null);
    await().until(() -> api.state(Long.parseLong(task)).equals("cancelled"));
    assertThat(api.post(SYNC, null).status()).isEqualTo(202);
  }

  @Test
  void a_sync_interval_that_does_not_divide_the_day_is_in_the_status() {
    api.sql(
        "UPDATE public.background_workers SET cron = '0 0,7,14,21 * * *' WHERE worker_name = 'master_sync'");
    assertThat(api.get("/api/admin/ingestion/status").json().path("schedule_note").asText())
        .isEqualTo(
            "SYNC_INTERVAL_HOURS is 7, which does not divide 24: a sync starts at 0, 7, 14, 21 h of each day, the last interval of a day has 3 h");
  }
}
