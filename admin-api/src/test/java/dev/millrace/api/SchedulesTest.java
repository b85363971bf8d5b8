package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** When background workers run: schedules, profiles, pauses, what comes next and what has been. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchedulesTest {
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

  private static List<String> texts(JsonNode nodes, String field) {
    return nodes.findValuesAsText(field);
  }

  @Test
  void several_expressions_in_a_time_zone_are_one_schedule() {
    Answer answer =
        api.put(
            WORKER,
            "{\"cron\": \"*/2 6-22 * * *; */10 23,0-5 * * *\", \"time_zone\": \"Europe/Berlin\"}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("cron").asText()).isEqualTo("*/2 6-22 * * *; */10 23,0-5 * * *");
    assertThat(answer.json().path("interval_seconds").isNull()).isTrue();
    JsonNode next = api.get(WORKER + "/next-runs?from=2026-01-15T21:57:00Z").json();
    assertThat(texts(next, "at"))
        .containsExactly(
            "2026-01-15T21:58:00Z",
            "2026-01-15T22:00:00Z",
            "2026-01-15T22:10:00Z",
            "2026-01-15T22:20:00Z",
            "2026-01-15T22:30:00Z");
    assertThat(texts(next, "local")).startsWith("2026-01-15T22:58:00+01:00");
  }

  @Test
  void an_interval_takes_over_again() {
    api.put(WORKER, "{\"cron\": \"* * * * *\"}");

    JsonNode worker = api.put(WORKER, "{\"interval_seconds\": 45}").json();

    assertThat(worker.path("cron").isNull()).isTrue();
    assertThat(worker.path("interval_seconds").intValue()).isEqualTo(45);
    assertThat(texts(api.get(WORKER + "/next-runs?from=2026-01-15T00:00:00Z").json(), "at"))
        .startsWith("2026-01-15T00:00:45Z", "2026-01-15T00:01:30Z");
  }

  @Test
  void the_rules_for_missed_and_early_slots_can_be_set() {
    JsonNode worker =
        api.put(
                WORKER,
                "{\"jitter_seconds\": 30, \"misfire_policy\": \"all\", \"misfire_limit\": 7,"
                    + " \"overlap_policy\": \"queue_one\"}")
            .json();

    assertThat(worker.path("jitter_seconds").intValue()).isEqualTo(30);
    assertThat(worker.path("misfire_policy").asText()).isEqualTo("all");
    assertThat(worker.path("misfire_limit").intValue()).isEqualTo(7);
    assertThat(worker.path("overlap_policy").asText()).isEqualTo("queue_one");
  }

  @Test
  void a_schedule_that_means_nothing_is_refused_by_field() {
    Map<String, String> bodies =
        Map.of(
            "{\"cron\": \"61 * * * *\"}", "/cron",
            "{\"cron\": \"* * * *\"}", "/cron",
            "{\"cron\": \"* * * * *\", \"interval_seconds\": 5}", "/cron",
            "{\"time_zone\": \"Mars/Olympus\"}", "/time_zone",
            "{\"jitter_seconds\": -1}", "/jitter_seconds",
            "{\"misfire_policy\": \"maybe\"}", "/misfire_policy",
            "{\"misfire_limit\": 0}", "/misfire_limit",
            "{\"overlap_policy\": 1}", "/overlap_policy");
    JsonNode before = api.get(WORKER).json();

    bodies.forEach(
        (body, pointer) -> {
          Answer answer = api.put(WORKER, body);
          assertThat(answer.status()).as(body).isEqualTo(422);
          assertThat(answer.json().at("/errors/0/pointer").asText()).as(body).isEqualTo(pointer);
        });

    assertThat(api.get(WORKER).json()).isEqualTo(before);
  }

  @Test
  void an_expression_that_is_not_saved_can_be_previewed() {
    JsonNode answer =
        api.get(
                "/api/admin/schedules/preview?cron=30+2+*+*+*&time_zone=Europe/Berlin"
                    + "&from=2026-03-28T12:00:00Z&count=2")
            .json();

    assertThat(texts(answer, "at")).containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
    assertThat(texts(answer, "local"))
        .containsExactly("2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00");
    assertThat(api.get("/api/admin/schedules/preview?interval_seconds=60").json().path("next_runs"))
        .hasSize(5);
  }

  @Test
  void a_preview_of_an_invalid_schedule_is_refused_with_the_reason() {
    Answer cron = api.get("/api/admin/schedules/preview?cron=61+*+*+*+*");
    assertThat(cron.status()).isEqualTo(400);
    assertThat(cron.json().path("detail").asText()).contains("cron minute", "0 to 59", "61");
    for (String query :
        List.of(
            "",
            "?cron=*+*+*+*+*&interval_seconds=5",
            "?interval_seconds=0",
            "?cron=*+*+*+*+*&time_zone=Mars",
            "?cron=*+*+*+*+*&from=tomorrow",
            "?cron=*+*+*+*+*&zone=UTC")) {
      assertThat(api.get("/api/admin/schedules/preview" + query).status()).as(query).isEqualTo(400);
    }
  }

  @Test
  void a_row_with_an_invalid_expression_shows_the_error() {
    api.sql("UPDATE background_workers SET cron = '61 * * * *' WHERE worker_name = 'master_sync'");

    String error = api.get("/api/admin/workers/master-sync").json().path("schedule_error").asText();

    assertThat(error).contains("cron minute", "'61'");
    assertThat(api.get("/api/admin/workers/master-sync/next-runs").status()).isEqualTo(409);
  }

  @Test
  void the_profiles_of_the_recommended_frequencies_can_be_applied() {
    assertThat(texts(api.get("/api/admin/schedules/profiles").json(), "profile"))
        .containsExactly("development", "off_hours", "on_demand", "production");

    JsonNode production = api.post(WORKER + "/profile", "{\"profile\": \"production\"}").json();
    assertThat(production.path("cron").asText()).isEqualTo("*/2 6-22 * * *; */10 23,0-5 * * *");

    JsonNode onDemand = api.post(WORKER + "/profile", "{\"profile\": \"on_demand\"}").json();
    assertThat(onDemand.path("enabled").asBoolean()).isFalse();
    assertThat(onDemand.path("paused_reason").asText()).isEqualTo("runs on demand only");

    JsonNode development = api.post(WORKER + "/profile", "{\"profile\": \"development\"}").json();
    assertThat(development.path("enabled").asBoolean()).isTrue();
    assertThat(development.path("cron").asText()).isEqualTo("*/5 * * * *");

    Answer unknown = api.post(WORKER + "/profile", "{\"profile\": \"weekends\"}");
    assertThat(unknown.status()).isEqualTo(422);
    assertThat(unknown.json().path("detail").asText()).contains("production", "weekends");
  }

  @Test
  void a_profile_does_not_end_a_pause_for_another_reason() {
    api.post(WORKER + "/pause", "{\"reason\": \"index build\"}");

    JsonNode worker = api.post(WORKER + "/profile", "{\"profile\": \"development\"}").json();

    assertThat(worker.path("enabled").asBoolean()).isFalse();
    assertThat(worker.path("paused_reason").asText()).isEqualTo("index build");
  }

  @Test
  void profiles_can_be_applied_by_sql_to_many() {
    api.jdbi.useHandle(
        handle ->
            handle
                .select(
                    "SELECT millrace.apply_schedule_profile('off_hours', 'inventory_mv_refresh', 'master_sync')")
                .mapTo(String.class)
                .list());

    assertThat(api.get(WORKER).json().path("cron").asText()).isEqualTo("*/15 * * * *");
    assertThat(api.get("/api/admin/workers/master_sync").json().path("cron").asText())
        .isEqualTo("*/15 * * * *");
  }

  @Test
  void a_pause_has_an_author_and_a_reason_until_the_resume() {
    JsonNode paused =
        api.post(WORKER + "/pause", "{\"reason\": \"index build\", \"by\": \"anna\"}").json();
    assertThat(paused.path("enabled").asBoolean()).isFalse();
    assertThat(paused.path("paused_by").asText()).isEqualTo("anna");
    assertThat(paused.path("paused_reason").asText()).isEqualTo("index build");
    assertThat(paused.path("paused_at").isNull()).isFalse();

    JsonNode again = api.put(WORKER, "{\"enabled\": false}").json();
    assertThat(again.path("paused_by").asText()).isEqualTo("anna");

    JsonNode resumed = api.post(WORKER + "/resume", null).json();
    assertThat(resumed.path("enabled").asBoolean()).isTrue();
    assertThat(resumed.path("paused_by").isNull()).isTrue();
    assertThat(resumed.path("paused_reason").isNull()).isTrue();
    assertThat(resumed.path("paused_at").isNull()).isTrue();
  }

  @Test
  void a_pause_needs_a_reason_and_disabling_records_its_author() {
    assertThat(api.post(WORKER + "/pause", "{}").status()).isEqualTo(422);
    assertThat(api.put(WORKER, "{\"enabled\": false}").json().path("paused_by").asText())
        .isEqualTo("admin");
    api.post(WORKER + "/resume", "{\"reason\": \"done\"}");
    api.sql("UPDATE background_workers SET enabled = false");
    assertThat(api.get(WORKER).json().path("paused_by").asText()).isNotEmpty();
  }

  @Test
  void pauses_and_profiles_are_refused_from_an_older_version() {
    String seen = api.get(WORKER).header("ETag");
    api.put(WORKER, "{\"interval_seconds\": 30}");

    for (Map.Entry<String, String> call :
        Map.of(
                "/pause", "{\"reason\": \"x\"}",
                "/resume", "{}",
                "/profile", "{\"profile\": \"production\"}")
            .entrySet()) {
      Answer late =
          api.send(
              api.request(WORKER + call.getKey())
                  .header("Content-Type", "application/json")
                  .header("If-Match", seen)
                  .POST(BodyPublishers.ofString(call.getValue())));
      assertThat(late.status()).as(call.getKey()).isEqualTo(412);
    }
    assertThat(api.get(WORKER).json().path("interval_seconds").intValue()).isEqualTo(30);
  }

  @Test
  void a_worker_that_is_switched_off_begins_no_run_that_waits() {
    long begun = run("schedule");
    api.claim("mv.refresh");
    long waiting = run("schedule");
    long asked = run("manual");

    api.post(WORKER + "/pause", "{\"reason\": \"maintenance\"}");

    assertThat(api.state(begun)).isEqualTo("processing");
    assertThat(api.state(waiting)).isEqualTo("cancelled");
    assertThat(api.state(asked)).isEqualTo("queued");
    assertThat(api.get(WORKER).json().path("last_run_status").asText()).isEqualTo("running");
  }

  private long run(String trigger) {
    return api.jdbi.withHandle(
        handle ->
            handle
                .select(
                    "INSERT INTO millrace.jobs (kind, background_worker, trigger)"
                        + " VALUES ('mv.refresh', 'inventory_mv_refresh', ?) RETURNING id",
                    trigger)
                .mapTo(Long.class)
                .one());
  }

  @Test
  void the_history_of_a_worker_is_paged_newest_first() {
    for (int i = 0; i < 5; i++) {
      run("manual");
      api.complete(api.claim("mv.refresh"));
    }
    long failed = run("manual");
    api.fail(api.claim("mv.refresh"), "no such view");
    long fired = run("schedule");
    api.sql(
        "INSERT INTO millrace.fires (schedule, fire_time, job_id, outcome, node)"
            + " VALUES ('inventory_mv_refresh', '2026-01-15T10:00:00Z', ?, 'enqueued', 'n')",
        fired);

    JsonNode first = api.get(WORKER + "/runs?limit=2").json();
    assertThat(texts(first, "job_id")).containsExactly(Long.toString(fired), Long.toString(failed));
    assertThat(first.at("/runs/0/slot").asText()).isEqualTo("2026-01-15T10:00:00Z");
    assertThat(first.at("/runs/0/duration_ms").isNull()).isTrue();
    assertThat(first.at("/runs/1/error").asText()).isEqualTo("no such view");
    assertThat(first.at("/runs/1/duration_ms").isNumber()).isTrue();

    String cursor = first.path("next_cursor").asText();
    JsonNode rest = api.get(WORKER + "/runs?limit=50&cursor=" + cursor).json();
    assertThat(rest.path("runs")).hasSize(5);
    assertThat(rest.path("next_cursor").isNull()).isTrue();
    assertThat(texts(api.get(WORKER + "/runs?state=failed").json(), "job_id"))
        .containsExactly(Long.toString(failed));
    assertThat(api.get("/api/admin/workers/master-sync/runs?cursor=" + cursor).status())
        .isEqualTo(400);
    assertThat(api.get("/api/admin/workers/no-such/runs").status()).isEqualTo(404);
  }

  @Test
  void a_release_changes_only_what_no_admin_has_chosen() {
    seed("{\"interval_seconds\": 300, \"description\": \"New words.\"}");
    assertThat(api.get(WORKER).json().path("interval_seconds").intValue()).isEqualTo(300);

    api.put(WORKER, "{\"interval_seconds\": 45}");
    api.sql(
        "UPDATE background_workers SET priority = 5 WHERE worker_name = 'inventory_mv_refresh'");
    seed(
        "{\"cron\": \"0 * * * *\", \"time_zone\": \"Asia/Tokyo\", \"priority\": 9, \"enabled\": true,"
            + " \"description\": \"Newer words.\"}");

    JsonNode worker = api.get(WORKER).json();
    assertThat(worker.path("interval_seconds").intValue()).isEqualTo(45);
    assertThat(worker.path("cron").isNull()).isTrue();
    assertThat(worker.path("time_zone").asText()).isEqualTo("UTC");
    assertThat(worker.path("description").asText()).isEqualTo("Newer words.");
    int priority =
        api.jdbi.withHandle(
            handle ->
                handle
                    .select(
                        "SELECT priority FROM background_workers WHERE worker_name = 'inventory_mv_refresh'")
                    .mapTo(Integer.class)
                    .one());
    assertThat(priority).isEqualTo(5);
    api.sql("UPDATE background_workers SET admin_set = '{}', priority = 1");
  }

  private void seed(String defaults) {
    api.jdbi.useHandle(
        handle ->
            handle
                .select(
                    "SELECT millrace.seed_background_worker('inventory_mv_refresh', ?::jsonb)",
                    defaults)
                .mapTo(String.class)
                .list());
  }

  @Test
  void every_built_in_workload_has_its_row() {
    try (ApiFixture fresh = new ApiFixture()) {
      assertThat(texts(fresh.get("/api/admin/workers").json(), "worker_key"))
          .contains("inventory_mv_refresh", "master_sync", "wip_views_refresh", "feed_mv_refresh");
    }
  }
}
