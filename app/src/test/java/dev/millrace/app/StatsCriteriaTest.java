package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.app.config.Config;
import dev.millrace.app.config.Secret;
import dev.millrace.app.config.Settings;
import dev.millrace.app.demo.DemoData;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.http.ApiClient;
import dev.millrace.app.process.Node;
import dev.millrace.json.Json;
import dev.millrace.testing.WebServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The success criteria of requirement 004, on a whole installation with the demo's football. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatsCriteriaTest {
  private static final String KEY = "internal-worker-key";

  private final WebServer cache = new WebServer();
  private final Node node;
  private final ApiClient api;

  StatsCriteriaTest(@TempDir Path directory) {
    Config config =
        Config.read(
                Settings.of(
                    Map.of(
                        "MILLRACE_PORT", "0",
                        "QUEUE_NAME", "stats-update-queue",
                        "WORKER_ID", "worker-render-1")),
                Config.Needs.NOTHING,
                directory)
            .withCache(cache.url("/api/cache"), new Secret(KEY));
    node =
        Node.start(
            Node.Plan.everything(config, DataDir.open(directory))
                .andThen(shared -> DemoData.fill(shared.jdbi())));
    api = new ApiClient(node.address(), List.of(node.adminKey()));
  }

  @AfterAll
  void close() {
    node.close();
    cache.close();
  }

  private String enqueue(String requestId) {
    return api.post(
            "/enqueue-stats-job",
            Optional.of(
                Json.mapper()
                    .createObjectNode()
                    .put("triggeredBy", "admin")
                    .put("requestId", requestId)))
        .orThrow()
        .path("job_id")
        .asText();
  }

  private JsonNode job(String id) {
    return api.get("/jobs/" + id).orThrow();
  }

  private JsonNode ended(String id) {
    await(() -> !job(id).path("finished_at").isNull());
    return job(id);
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(condition);
  }

  private long count(String sql) {
    return node.jdbi().withHandle(handle -> handle.select(sql).mapTo(Long.class).one());
  }

  private void execute(String sql) {
    node.jdbi().useHandle(handle -> handle.execute(sql));
  }

  /** Replaces a function for a while: as it stands, and something before it. */
  private void with(String before, Runnable test) {
    String name = "public.update_power_ratings";
    String original =
        node.jdbi()
            .withHandle(
                handle ->
                    handle
                        .select("SELECT pg_get_functiondef('" + name + "'::regproc)")
                        .mapTo(String.class)
                        .one());
    execute(
        "CREATE OR REPLACE FUNCTION "
            + name
            + "() RETURNS void LANGUAGE plpgsql AS $f$ BEGIN "
            + before
            + " END $f$");
    try {
      test.run();
    } finally {
      execute(original);
    }
  }

  @Test
  void worker_starts_without_errors() {
    await(() -> api.get("/status").orThrow().path("queue_workers").size() == 2);
    JsonNode workers = api.get("/status").orThrow().path("queue_workers");
    assertThat(workers.findValuesAsText("name"))
        .containsExactlyInAnyOrder("worker-render-1", "worker-render-1-default");
    assertThat(workers.findValues("queues").toString()).contains("stats-update-queue", "default");
  }

  @Test
  void jobs_of_other_kinds_run_beside_them() {
    ObjectNode refresh = Json.mapper().createObjectNode().put("kind", "mv.refresh");
    refresh.putObject("payload").putArray("views").add("mv_feed_projects");
    String id = api.post("/jobs", Optional.of(refresh)).orThrow().path("job_id").asText();
    assertThat(ended(id).path("state").asText()).isEqualTo("completed");
    assertThat(job(id).path("queue").asText()).isEqualTo("default");
    assertThat(api.get("/status").orThrow().path("unserved")).isEmpty();
  }

  @Test
  void jobs_are_picked_up_from_the_queue_from_queued_to_processing() {
    execute(
        "INSERT INTO millrace.pauses (kind, paused_by, reason) VALUES ('stats.update', 'test', 'to see it queued')");
    String id = enqueue("picked-up");
    assertThat(job(id).path("state").asText()).isEqualTo("queued");
    assertThat(job(id).path("queue").asText()).isEqualTo("stats-update-queue");
    with(
        "PERFORM pg_advisory_xact_lock(1);",
        () ->
            node.jdbi()
                .useHandle(
                    gate -> {
                      gate.execute("SELECT pg_advisory_lock(1)");
                      execute("DELETE FROM millrace.pauses");
                      await(() -> job(id).path("state").asText().equals("processing"));
                      gate.execute("SELECT pg_advisory_unlock(1)");
                      assertThat(ended(id).path("state").asText()).isEqualTo("completed");
                    }));
  }

  @Test
  void stats_functions_execute_successfully() {
    JsonNode result = ended(enqueue("functions")).path("result");
    assertThat(result.path("functions").findValuesAsText("status"))
        .hasSize(10)
        .containsOnly("completed");
    assertThat(
            count(
                "SELECT sum(goals) - (SELECT sum(goals) FROM public.player_matches) FROM public.aggregated_all_time_stats"))
        .isZero();
    assertThat(count("SELECT round(avg(rating)) FROM public.aggregated_player_power_ratings"))
        .as("what one gains another loses")
        .isBetween(990L, 1010L);
    assertThat(
            count(
                "SELECT count(*) FROM public.aggregated_season_honours WHERE honour = 'champion'"))
        .isEqualTo(6);
  }

  @Test
  void cache_invalidation_completes() {
    String id = enqueue("cache");
    String invalidation = ended(id).path("result").path("invalidation_id").asText();
    await(
        () ->
            api.get("/cache-invalidations/" + invalidation)
                .orThrow()
                .path("state")
                .asText()
                .equals("sent"));
    Set<String> tags = new HashSet<>();
    cache.calls().stream()
        .filter(call -> Json.tree(call.body()).path("jobId").asText().equals(id))
        .peek(call -> assertThat(call.headers()).containsEntry("authorization", "Bearer " + KEY))
        .forEach(
            call -> Json.tree(call.body()).path("tags").forEach(tag -> tags.add(tag.asText())));
    assertThat(tags)
        .containsExactlyInAnyOrder(
            "season_stats",
            "half_season_stats",
            "all_time_stats",
            "hall_of_fame",
            "recent_performance",
            "honour_roll",
            "match_report",
            "personal_bests",
            "player_profile_stats",
            "season_race_data",
            "player_power_rating");
  }

  @Test
  void jobs_complete_with_status_completed() {
    String id = enqueue("completed");
    assertThat(ended(id).path("state").asText()).isEqualTo("completed");
    assertThat(
            count(
                "SELECT count(*) FROM public.background_job_status WHERE status = 'completed' AND id = '"
                    + id
                    + "'"))
        .isEqualTo(1);
  }

  @Test
  void admin_interface_shows_job_history() {
    String id = enqueue("history");
    ended(id);
    assertThat(
            api.get("/jobs?kind=stats.update&state=completed")
                .orThrow()
                .path("jobs")
                .findValuesAsText("id"))
        .contains(id);
    assertThat(
            api.get("/stats").orThrow().path("groups").get(0).path("functions").get(0).path("last"))
        .isNotEmpty();
  }

  @Test
  void failed_jobs_can_be_retried() {
    String[] id = new String[1];
    with(
        "RAISE EXCEPTION 'no ratings today';",
        () -> {
          id[0] = enqueue("retried");
          JsonNode failed = ended(id[0]);
          assertThat(failed.path("state").asText()).isEqualTo("failed");
          assertThat(failed.path("error").asText())
              .startsWith(
                  "1 of 10 stats functions failed: update_power_ratings (ERROR: no ratings");
          assertThat(failed.path("result").path("completed").asInt()).isEqualTo(9);
        });
    assertThat(api.post("/jobs/" + id[0] + "/retry", Optional.empty()).status()).isEqualTo(202);
    assertThat(ended(id[0]).path("state").asText()).isEqualTo("completed");
    assertThat(
            count(
                "SELECT count(*) FROM millrace.stats_runs WHERE attempt = 2 AND job_id = " + id[0]))
        .isEqualTo(1);
  }

  @Test
  void auto_refresh_works_for_active_jobs() {
    with(
        "PERFORM pg_advisory_xact_lock(1);",
        () ->
            node.jdbi()
                .useHandle(
                    gate -> {
                      gate.execute("SELECT pg_advisory_lock(1)");
                      String id = enqueue("active");
                      await(
                          () ->
                              api.get("/status")
                                  .orThrow()
                                  .path("running_jobs")
                                  .findValuesAsText("id")
                                  .contains(id));
                      await(() -> job(id).path("progress").path("total").asInt() == 10);
                      gate.execute("SELECT pg_advisory_unlock(1)");
                      assertThat(ended(id).path("state").asText()).isEqualTo("completed");
                      await(
                          () ->
                              !api.get("/status")
                                  .orThrow()
                                  .path("running_jobs")
                                  .findValuesAsText("id")
                                  .contains(id));
                    }));
  }
}
