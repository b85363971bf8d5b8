package dev.millrace.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.Settings;
import dev.millrace.app.home.DataDir;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.testing.TestServices;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/operations.md says of the connections that each role opens to Postgres. */
class ConnectionsTest {
  private static final String OPEN =
      "SELECT application_name, count(*) FROM pg_stat_activity"
          + " WHERE datname = current_database() AND application_name LIKE 'millrace%' GROUP BY 1";

  private static final int REQUESTS = 64;

  private final DatabaseUrl url = TestServices.freshDatabase();
  private final Database database = Database.open(url, "test", 2);
  private final Jdbi jdbi = database.jdbi();
  private final Map<String, Integer> most = new TreeMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Path directory;

  ConnectionsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @AfterEach
  void close() {
    nodes.forEach(Node::close);
    database.close();
  }

  private Node.Plan plan(Role role, String redis) throws IOException {
    Path home = Files.createDirectories(directory.resolve(role.text()));
    Map<String, String> environment =
        Map.of("MILLRACE_PORT", "0", "DATABASE_URL", url.jdbc(), "REDIS_URL", redis);
    Config config = Config.read(Settings.of(environment), Config.Needs.NOTHING, home);
    return Node.Plan.only(role, config, DataDir.open(home));
  }

  private Node start(Role role, String redis) throws IOException {
    Node node = Node.start(plan(role, redis));
    nodes.add(node);
    return node;
  }

  private static int stated(Node.Plan plan) {
    return Roles.connections(plan) + Roles.handlerConnections(plan);
  }

  @Test
  void four_workers_a_scheduler_and_an_api_fit_a_default_postgres() throws IOException {
    String unused = "redis://127.0.0.1:1";
    int worker = stated(plan(Role.WORKER, unused));
    int scheduler = stated(plan(Role.SCHEDULER, unused));
    int api = stated(plan(Role.API, unused));
    assertThat(4 * worker + scheduler + api).isLessThanOrEqualTo(100 - 3);
    assertThat(Files.readString(Path.of("../docs/operations.md")))
        .containsPattern("\\| scheduler \\|.*\\| " + scheduler + " \\|\n")
        .containsPattern("\\| API \\|.*\\| " + api + " \\|\n")
        .containsPattern("\\| queue worker \\|.*\\| " + worker + " \\|\n");
  }

  @Test
  void each_role_opens_as_many_connections_as_are_stated_and_no_more() throws IOException {
    String redis = TestServices.startRedis().url();
    start(Role.SCHEDULER, redis);
    start(Role.WORKER, redis);
    Node api = start(Role.API, redis);
    work();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              poll();
              if (answers.stream().allMatch(CompletableFuture::isDone)) {
                answers.addAll(ask(api));
              }
              return unfinished() == 0;
            });
    assertThat(answers).allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
    assertThat(most.get("millrace worker work"))
        .as("handlers use what they have: %s", most)
        .isEqualTo(Roles.handlerConnections(plan(Role.WORKER, redis)));
    assertThat(most.get("millrace worker"))
        .isLessThanOrEqualTo(Roles.connections(plan(Role.WORKER, redis)));
    assertThat(most.get("millrace scheduler"))
        .isLessThanOrEqualTo(stated(plan(Role.SCHEDULER, redis)));
    assertThat(most.get("millrace api"))
        .as("requests use what they have: %s", most)
        .isEqualTo(stated(plan(Role.API, redis)));
    assertThat(most.keySet())
        .containsExactlyInAnyOrder(
            "millrace api", "millrace scheduler", "millrace worker", "millrace worker work");
  }

  /** More than there are connections for: functions, refreshes, and many small jobs. */
  private void work() {
    jdbi.useHandle(
        handle -> {
          handle.execute("DELETE FROM millrace.stats_functions");
          for (int i = 0; i < 12; i++) {
            handle.execute(
                "CREATE FUNCTION public.slow_%d() RETURNS void LANGUAGE sql AS 'SELECT pg_sleep(2)'"
                    .formatted(i));
            handle.execute("SELECT millrace.register_stats_function(?)", "public.slow_" + i);
          }
          for (int i = 0; i < 3; i++) {
            handle.execute(
                "CREATE MATERIALIZED VIEW public.mv_%d AS SELECT 1 AS n, pg_sleep(5)::text AS slept WITH NO DATA"
                    .formatted(i));
            handle.execute(
                "SELECT millrace.enqueue('mv.refresh', '{\"views\": [\"public.mv_%d\"]}')"
                    .formatted(i));
          }
          handle.execute("SELECT job_id FROM millrace.enqueue_stats('admin')");
        });
  }

  private void poll() {
    jdbi.useHandle(
        handle ->
            handle
                .createQuery(OPEN)
                .map((row, context) -> Map.entry(row.getString(1), row.getInt(2)))
                .forEach(role -> most.merge(role.getKey(), role.getValue(), Math::max)));
  }

  private long unfinished() {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT count(*) FROM millrace.jobs WHERE finished_at IS NULL AND kind IN ('mv.refresh', 'stats.update')")
                .mapTo(Long.class)
                .one());
  }

  private static List<CompletableFuture<HttpResponse<String>>> ask(Node api) {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(api.address().resolve("/api/admin/jobs?limit=1"))
            .header("Authorization", "Bearer " + api.adminKey().value())
            .build();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      answers.add(client.sendAsync(request, BodyHandlers.ofString()));
    }
    return answers;
  }
}
