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
import dev.millrace.app.process.Role;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.json.Json;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.WebServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code QUEUE_NAME=stats-update-queue} for an API and a queue worker, a queue worker without it,
 * and a scheduler: whichever way a stats job is asked for, the first worker runs it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatsQueueTest {
  private static final String QUEUE = "stats-update-queue";

  private final WebServer cache = new WebServer();
  private final EmbeddedRedis redis = TestServices.startRedis();
  private final DatabaseUrl databaseUrl = TestServices.freshDatabase();
  private final Database database = Database.open(databaseUrl, "test", 4);
  private final Jdbi jdbi = database.jdbi();
  private final List<Node> nodes = new ArrayList<>();
  private final ApiClient api;
  private final Path directory;

  StatsQueueTest(@TempDir Path directory) {
    this.directory = directory;
    DemoData.fill(jdbi);
    Node first = start(Role.API, Map.of("QUEUE_NAME", QUEUE));
    start(Role.WORKER, Map.of("QUEUE_NAME", QUEUE, "WORKER_ID", "stats"));
    start(Role.WORKER, Map.of("WORKER_ID", "others"));
    start(Role.SCHEDULER, Map.of());
    api = new ApiClient(first.address(), List.of(first.adminKey()));
  }

  private Node start(Role role, Map<String, String> environment) {
    Map<String, String> settings = new HashMap<>(environment);
    settings.put("DATABASE_URL", databaseUrl.jdbc());
    settings.put("REDIS_URL", redis.url());
    settings.put("MILLRACE_PORT", "0");
    settings.put("MILLRACE_CONCURRENCY", "2");
    Config config =
        Config.read(Settings.of(settings), Config.Needs.DATABASE_AND_REDIS, directory)
            .withCache(cache.url("/api/cache"), new Secret("internal-worker-key"));
    Node node = Node.start(Node.Plan.only(role, config, DataDir.open(directory)));
    nodes.add(node);
    return node;
  }

  @BeforeEach
  void both_workers_are_there() {
    Installation.await()
        .until(
            () ->
                count(
                        "SELECT count(*) FROM millrace.queue_workers w JOIN millrace.kinds k ON k.kind = 'stats.update'"
                            + " WHERE w.state = 'running'")
                    == 2);
  }

  @AfterAll
  void close() {
    nodes.forEach(Node::close);
    database.close();
    redis.close();
    cache.close();
  }

  private long count(String query) {
    return jdbi.withHandle(handle -> handle.select(query).mapTo(Long.class).one());
  }

  private void sql(String statement) {
    jdbi.useHandle(handle -> handle.execute(statement));
  }

  private JsonNode job(String id) {
    return api.get("/jobs/" + id).orThrow();
  }

  private String asked(String cause) {
    ObjectNode body = Json.mapper().createObjectNode().put("triggeredBy", cause);
    return api.post("/enqueue-stats-job", Optional.of(body)).orThrow().path("job_id").asText();
  }

  private String worker(String condition) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT state || ' in ' || queue || ' by ' || split_part(worker_id, '.', 1)"
                        + " FROM millrace.jobs WHERE "
                        + condition
                        + " ORDER BY id DESC LIMIT 1")
                .mapTo(String.class)
                .findOne()
                .orElse("none"));
  }

  /** The job is run by the worker of stats jobs, and the cache told by it. */
  private void runsAndTells(String id) {
    String done = "completed in " + QUEUE + " by stats";
    Installation.await().until(() -> worker("id = " + id).equals(done));
    Installation.await()
        .until(
            () ->
                worker(
                        "kind = 'cache.invalidate' AND id = (SELECT job_id FROM millrace.cache_invalidations"
                            + " WHERE stats_job_id = "
                            + id
                            + ")")
                    .equals(done));
    assertThat(
            cache.calls().stream()
                .filter(call -> Json.tree(call.body()).path("jobId").asText().equals(id)))
        .hasSize(1);
  }

  @Test
  void a_call_of_the_api() {
    runsAndTells(asked("admin"));
  }

  @Test
  void a_burst_of_matches() {
    sql("UPDATE millrace.stats_groups SET debounce = '1 second'");
    String id = asked("post-match");
    assertThat(asked("post-match")).isEqualTo(id);
    runsAndTells(id);
  }

  @Test
  void a_row_inserted_into_background_job_status() {
    runsAndTells(
        jdbi.withHandle(
            handle ->
                handle
                    .select(
                        "INSERT INTO background_job_status (status) VALUES ('queued') RETURNING id")
                    .mapTo(String.class)
                    .one()));
  }

  @Test
  void a_slot_of_the_schedule() {
    sql(
        "UPDATE background_workers SET cron = '* * * * * ?', enabled = true WHERE worker_name = 'stats_update'");
    String ran =
        " FROM millrace.jobs WHERE background_worker = 'stats_update' AND trigger = 'schedule' AND state = 'completed'";
    Installation.await().until(() -> count("SELECT count(*)" + ran) > 0);
    sql("UPDATE background_workers SET enabled = false WHERE worker_name = 'stats_update'");
    runsAndTells(Long.toString(count("SELECT min(id)" + ran)));
  }

  @Test
  void a_run_at_once_and_an_admins_own_queue_wins() {
    String last = "kind = 'stats.update' AND trigger = 'manual'";
    String runOnce = "/workers/stats-update/run-once";
    assertThat(api.post(runOnce, Optional.empty()).orThrow().path("status").asText())
        .isEqualTo("success");
    assertThat(worker(last)).isEqualTo("completed in " + QUEUE + " by stats");
    sql("UPDATE background_workers SET queue = 'default' WHERE worker_name = 'stats_update'");
    assertThat(api.post(runOnce, Optional.empty()).orThrow().path("status").asText())
        .isEqualTo("success");
    assertThat(worker(last)).isEqualTo("completed in default by others");
    sql("UPDATE background_workers SET queue = NULL WHERE worker_name = 'stats_update'");
  }

  @Test
  void a_failed_call_of_the_cache_that_is_sent_again_when_its_job_is_gone() {
    String id = asked("admin");
    runsAndTells(id);
    String invalidation =
        Long.toString(
            count("SELECT id FROM millrace.cache_invalidations WHERE stats_job_id = " + id));
    sql("DELETE FROM background_job_status WHERE id = '" + id + "'");
    String again =
        api.post("/cache-invalidations/" + invalidation + "/send", Optional.empty())
            .orThrow()
            .path("job_id")
            .asText();
    Installation.await().until(() -> job(again).path("state").asText().equals("completed"));
    assertThat(worker("id = " + again)).isEqualTo("completed in " + QUEUE + " by stats");
  }

  @Test
  void other_kinds_are_run_by_the_other_worker() {
    ObjectNode payload = Json.mapper().createObjectNode().put("kind", "mv.refresh");
    payload.putObject("payload").putArray("views").add("mv_feed_projects");
    String id = api.post("/jobs", Optional.of(payload)).orThrow().path("job_id").asText();
    Installation.await().until(() -> worker("id = " + id).equals("completed in default by others"));
  }
}
