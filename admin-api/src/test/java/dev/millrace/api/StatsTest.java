package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.job.JobState;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.stats.Flags;
import dev.millrace.stats.StatsSettings;
import dev.millrace.testing.HeldTransaction;
import dev.millrace.testing.WebServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatsTest {
  private static final String ENQUEUE = "/api/admin/enqueue-stats-job";
  private static final String FLAGS = "/api/admin/flags";
  private static final String CACHE = "/api/admin/cache-invalidations";

  private final WebServer legacy = new WebServer();
  private final ApiFixture api = new ApiFixture(invalidationOf(Optional.empty()));

  private AdminApi.Stats invalidationOf(Optional<WebServer> handTo) {
    return new AdminApi.Stats(
        "default",
        new StatsSettings(
            Optional.empty(),
            Optional.of("internal-key"),
            handTo.map(server -> server.url("/stats")),
            Flags.allOn(),
            10,
            Duration.ofSeconds(1)));
  }

  @BeforeEach
  void clean() {
    api.clear();
    api.sql("DELETE FROM millrace.flags");
    api.sql("DELETE FROM millrace.cache_invalidations");
    api.sql("UPDATE millrace.stats_groups SET debounce = '5 seconds', max_wait = '30 seconds'");
    api.kindIsKnown("stats.update", "[]");
    api.kindIsKnown("cache.invalidate", "[]");
  }

  @AfterAll
  void close() {
    api.close();
    legacy.close();
  }

  private static String by(String cause, String requestId) {
    return "{\"triggeredBy\": \"" + cause + "\", \"requestId\": \"" + requestId + "\"}";
  }

  private void failed(long job) {
    api.sql(
        "UPDATE millrace.jobs SET state = 'failed', attempt = 1, started_at = now(), finished_at = now(), error = 'x' WHERE id = ?",
        job);
  }

  @Test
  void a_job_is_enqueued_as_documented() {
    Answer answer = api.post(ENQUEUE, by("admin", "test-123"));
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json().path("priority").asInt()).isEqualTo(1);
    assertThat(answer.json().path("request_id").asText()).isEqualTo("test-123");
    String id = answer.json().path("job_id").asText();
    assertThat(answer.header("Location")).isEqualTo("/api/admin/jobs/" + id);
    assertThat(api.get("/api/admin/jobs/" + id).json().path("kind").asText())
        .isEqualTo("stats.update");
    assertThat(api.post(ENQUEUE, by("cron", "c")).json().path("priority").asInt()).isEqualTo(1);
    assertThat(api.post(ENQUEUE, by("post-match", "m")).json().path("priority").asInt())
        .isEqualTo(2);
  }

  @Test
  void the_same_request_gives_the_same_job_even_when_it_has_finished() {
    JsonNode first = api.post(ENQUEUE, by("admin", "once")).json();
    ClaimedJob job = api.claim("stats.update");
    assertThat(api.results.ended(job, JobState.COMPLETED, null, null)).isTrue();
    JsonNode second = api.post(ENQUEUE, by("admin", "once")).json();
    assertThat(second.path("job_id")).isEqualTo(first.path("job_id"));
    assertThat(first.path("created").asBoolean()).isTrue();
    assertThat(second.path("created").asBoolean()).isFalse();
    assertThat(first.path("status").asText()).isEqualTo("queued");
    assertThat(second.path("status").asText()).isEqualTo("completed");
    assertThat(api.post(ENQUEUE, by("admin", "twice")).json().path("job_id"))
        .isNotEqualTo(first.path("job_id"));
  }

  @Test
  void a_burst_of_matches_makes_one_job_that_knows_them_all() {
    String one = api.post(ENQUEUE, by("post-match", "m-1")).json().path("job_id").asText();
    String two = api.post(ENQUEUE, by("post-match", "m-2")).json().path("job_id").asText();
    assertThat(two).isEqualTo(one);
    JsonNode job = api.get("/api/admin/jobs/" + one).json();
    assertThat(job.path("state").asText()).isEqualTo("scheduled");
    assertThat(job.path("payload").path("request_ids").toString()).isEqualTo("[\"m-1\",\"m-2\"]");

    assertThat(
            api.put("/api/admin/stats/stats", "{\"debounce_seconds\": 0, \"max_wait_seconds\": 0}")
                .status())
        .isEqualTo(200);
    assertThat(api.get("/api/admin/stats/stats").json().path("group").asText()).isEqualTo("stats");
    assertThat(api.post(ENQUEUE, by("post-match", "m-3")).json().path("job_id").asText())
        .isNotEqualTo(one);
  }

  @Test
  void a_wrong_call_is_refused_with_field_value_and_allowed_values() {
    Answer answer = api.post(ENQUEUE, "{\"triggeredBy\": \"me\", \"requestId\": 7}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(answer.json().path("errors").findValuesAsText("pointer"))
        .containsExactlyInAnyOrder("/triggeredBy", "/requestId");
    assertThat(answer.json().toString())
        .contains("triggeredBy must be one of admin, cron, post-match, was \\\"me\\\"");
    assertThat(api.post(ENQUEUE, "{}").json().path("detail").asText())
        .isEqualTo("triggeredBy must be given: one of admin, cron, post-match");
    assertThat(api.post(ENQUEUE, null).status()).isEqualTo(415);
  }

  @Test
  void a_group_that_another_request_changes_meanwhile_is_409() {
    try (Handle other = api.jdbi.open()) {
      HeldTransaction.begin(other);
      other.execute("UPDATE millrace.stats_groups SET max_wait = '6 seconds'");
      CompletableFuture<Answer> change =
          CompletableFuture.supplyAsync(
              () -> api.put("/api/admin/stats/stats", "{\"debounce_seconds\": 20}"));
      await().atMost(Duration.ofSeconds(20)).until(this::waitsForALock);
      other.commit();

      assertThat(change.join().status()).isEqualTo(409);
      assertThat(change.join().json().path("code").asText()).isEqualTo("changed_meanwhile");
    }
  }

  private boolean waitsForALock() {
    return api.jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT count(*) > 0 FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND wait_event_type = 'Lock'")
                .mapTo(Boolean.class)
                .one());
  }

  @Test
  void other_fields_of_a_call_are_kept_in_the_payload() {
    Answer answer = api.post(ENQUEUE, "{\"triggeredBy\": \"admin\", \"matchId\": 5}");
    assertThat(answer.status()).isEqualTo(202);
    String job = answer.json().path("job_id").asText();
    assertThat(api.get("/api/admin/jobs/" + job).json().at("/payload/extra/matchId").asInt())
        .isEqualTo(5);
  }

  @Test
  void a_call_before_any_worker_started_is_503() {
    api.sql("DELETE FROM millrace.kinds");
    Answer answer = api.post(ENQUEUE, by("admin", "early"));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.json().path("detail").asText()).contains("no queue worker", "stats.update");
  }

  @Test
  void a_flag_that_is_off_refuses_its_trigger_by_name() {
    assertThat(
            api.put(
                    FLAGS + "/USE_BG_JOBS_MATCH",
                    "{\"enabled\": false, \"reason\": \"slow\", \"by\": \"ann\"}")
                .json()
                .path("enabled")
                .asBoolean())
        .isFalse();
    Answer refused = api.post(ENQUEUE, by("post-match", "m"));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().path("code").asText()).isEqualTo("flag_off");
    assertThat(refused.json().path("flag").asText()).isEqualTo("USE_BG_JOBS_MATCH");
    assertThat(api.post(ENQUEUE, by("admin", "a")).status()).isEqualTo(202);

    api.put(FLAGS + "/USE_BG_JOBS_GLOBAL", "{\"enabled\": false, \"reason\": \"r\"}");
    assertThat(api.post(ENQUEUE, by("admin", "b")).json().path("flag").asText())
        .isEqualTo("USE_BG_JOBS_GLOBAL");
    assertThat(api.get("/api/admin/jobs?kind=stats.update").json().path("jobs")).hasSize(1);
  }

  @Test
  void flags_are_read_changed_and_given_back_to_the_environment() {
    JsonNode all = api.get(FLAGS).json().path("flags");
    assertThat(all.findValuesAsText("flag"))
        .containsExactly(
            "USE_BG_JOBS_GLOBAL", "USE_BG_JOBS_ADMIN", "USE_BG_JOBS_CRON", "USE_BG_JOBS_MATCH");
    assertThat(all.findValuesAsText("source")).containsOnly("environment");

    JsonNode set =
        api.put(
                FLAGS + "/USE_BG_JOBS_CRON",
                "{\"enabled\": false, \"reason\": \"r\", \"by\": \"ann\"}")
            .json();
    assertThat(set.path("source").asText()).isEqualTo("admin");
    assertThat(set.path("start_value").asBoolean()).isTrue();
    assertThat(set.path("changed_by").asText()).isEqualTo("ann");
    assertThat(api.get(FLAGS + "/USE_BG_JOBS_CRON").json()).isEqualTo(set);
    JsonNode back =
        api.send(api.request(FLAGS + "/USE_BG_JOBS_CRON").header("Millrace-Reason", "r").DELETE())
            .json();
    assertThat(back.path("enabled").asBoolean()).isTrue();
    assertThat(back.path("source").asText()).isEqualTo("environment");

    assertThat(api.put(FLAGS + "/USE_BG_JOBS", "{\"enabled\": true}").status()).isEqualTo(404);
    assertThat(api.get(FLAGS + "/x").json().path("allowed")).hasSize(4);
    assertThat(api.put(FLAGS + "/USE_BG_JOBS_CRON", "{}").status()).isEqualTo(422);
    assertThat(api.put(FLAGS + "/USE_BG_JOBS_CRON", "{\"enabled\": 1}").status()).isEqualTo(422);
  }

  @Test
  void while_a_flag_is_off_calls_go_to_the_legacy_address() {
    try (ApiFixture handing = new ApiFixture(invalidationOf(Optional.of(legacy)))) {
      handing.put(FLAGS + "/USE_BG_JOBS_GLOBAL", "{\"enabled\": false, \"reason\": \"r\"}");
      Answer answer = handing.post(ENQUEUE, by("post-match", "m-9"));
      assertThat(answer.status()).isEqualTo(202);
      assertThat(answer.json().path("status").asText()).isEqualTo("handed_over");
      WebServer.Call call = legacy.calls().get(0);
      assertThat(call.body()).isEqualTo("{\"triggeredBy\":\"post-match\",\"requestId\":\"m-9\"}");
      assertThat(call.headers()).containsEntry("authorization", "Bearer internal-key");

      legacy.answers(500).hangs();
      for (String reason : List.of("answered 500", "did not answer")) {
        Answer failed = handing.post(ENQUEUE, by("post-match", "m-9"));
        assertThat(failed.status()).isEqualTo(502);
        assertThat(failed.json().path("detail").asText()).contains(reason);
      }
      assertThat(handing.get("/api/admin/jobs").json().path("jobs")).isEmpty();
    }
  }

  @Test
  void the_group_shows_its_functions_and_can_be_changed() {
    JsonNode group = api.get("/api/admin/stats").json().path("groups").get(0);
    assertThat(group.path("functions")).hasSize(10);
    JsonNode first = group.path("functions").get(0);
    assertThat(first.path("function").asText()).isEqualTo("update_half_and_full_season_stats");
    assertThat(first.path("cache_tags").toString())
        .isEqualTo("[\"season_stats\",\"half_season_stats\"]");
    assertThat(first.path("exists").asBoolean()).isFalse();
    assertThat(first.path("last").isNull()).isTrue();

    String path = "/api/admin/stats/stats/functions/update_power_ratings";
    JsonNode changed =
        api.put(path, "{\"enabled\": false, \"time_limit_seconds\": 7, \"cache_tags\": [\"a\"]}")
            .json();
    JsonNode last = changed.path("functions").get(9);
    assertThat(last.path("enabled").asBoolean()).isFalse();
    assertThat(last.path("time_limit_seconds").asDouble()).isEqualTo(7);
    assertThat(last.path("cache_tags").toString()).isEqualTo("[\"a\"]");
    api.put(
        path,
        "{\"enabled\": true, \"time_limit_seconds\": 300, \"cache_tags\": [\"player_power_rating\"]}");

    assertThat(
            api.put(path, "{\"time_limit_seconds\": 0, \"cache_tags\": [1]}").json().path("errors"))
        .hasSize(2);
    assertThat(api.put("/api/admin/stats/stats/functions/drop_all", "{}").status()).isEqualTo(404);
    assertThat(api.put("/api/admin/stats/other", "{}").status()).isEqualTo(404);
    assertThat(api.put("/api/admin/stats/stats", "{\"debounce_seconds\": 60}").json().toString())
        .contains("max_wait_seconds must be at least debounce_seconds");
  }

  @Test
  void a_failed_job_is_retried_by_either_route() {
    long job = api.post(ENQUEUE, by("admin", "r")).json().path("job_id").asLong();
    assertThat(api.post("/api/admin/stats/jobs/" + job + "/retry", null).status()).isEqualTo(409);
    failed(job);
    assertThat(api.post("/api/admin/jobs/" + job + "/retry", null).status()).isEqualTo(202);
    assertThat(api.state(job)).isEqualTo("queued");
    failed(job);
    Answer again = api.post("/api/admin/stats/jobs/" + job + "/retry", "{\"everything\": true}");
    assertThat(again.status()).isEqualTo(202);
    assertThat(api.state(job)).isEqualTo("queued");
    assertThat(api.post("/api/admin/stats/jobs/0/retry", null).status()).isEqualTo(404);
  }

  @Test
  void an_invalidation_can_be_seen_and_sent_again() {
    api.sql(
        "INSERT INTO millrace.cache_invalidations (stats_job_id, tags) VALUES (7, '{all_time_stats}')");
    JsonNode one = api.get(CACHE + "?state=failed").json().path("invalidations").get(0);
    assertThat(one.path("tags").toString()).isEqualTo("[\"all_time_stats\"]");
    String id = one.path("id").asText();
    Answer sending = api.post(CACHE + "/" + id + "/send", null);
    assertThat(sending.status()).isEqualTo(202);
    assertThat(api.post(CACHE + "/" + id + "/send", null).json().path("job_id"))
        .as("the one that is at it")
        .isEqualTo(sending.json().path("job_id"));
    assertThat(api.get(CACHE + "/" + id).json().path("state").asText()).isEqualTo("pending");
    assertThat(api.post(CACHE + "/99999/send", null).status()).isEqualTo(404);
    assertThat(api.get(CACHE + "?state=lost").json().path("allowed")).hasSize(4);
  }
}
