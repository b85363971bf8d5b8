package dev.millrace.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.access.AccessGate;
import dev.millrace.api.access.AccessRules;
import dev.millrace.api.access.AdminKey;
import dev.millrace.api.contract.Contract;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.job.JobState;
import dev.millrace.job.NewJob;
import dev.millrace.json.Json;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.Claims;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Leases;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.testing.TestServices;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Each answer that {@link #send} gets is checked against {@code openapi.yaml}. A server on a free
 * port over a database and a Redis of its own, a client for it, and a queue worker that does what a
 * test tells it, by the real protocol.
 */
final class ApiFixture implements AutoCloseable {
  static final String KEY = "a-key-for-the-tests-0123456789";
  static final Set<String> ORIGINS = Set.of("https://admin.example.org");
  static final String WORKER = "worker-1";

  final EmbeddedRedis redisServer = TestServices.startRedis();
  final DatabaseUrl databaseUrl = TestServices.seededDatabase();

  /** What the server works with, under its own search path. */
  final Database database = Database.openOwn(databaseUrl, "api-test", 12);

  private final Database tests = Database.open(databaseUrl, "the test itself", 4);

  /** For the statements of a test, under the path of the database's users. */
  final Jdbi jdbi = tests.jdbi();

  final Redis redis = Redis.open(RedisUrl.parse(redisServer.url()), 16);
  final ProgressBoard board = new ProgressBoard(redis);
  final QueueClient client = new QueueClient(database, redis, new ReadyJobs(redis));
  final JobResults results = new JobResults(database.jdbi(), client);
  final Claims claims = new Claims(database.jdbi());
  final AdminApi api;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  ApiFixture() {
    this(AdminApi.Stats.DEFAULT);
  }

  ApiFixture(AdminApi.Stats stats) {
    this(stats, AccessRules.DEFAULT.withCorsOrigins(ORIGINS));
  }

  ApiFixture(AdminApi.Stats stats, AccessRules rules) {
    api =
        new AdminApi(
                new AdminApi.Parts(database.jdbi(), redis, board, client),
                new AdminApi.Settings("127.0.0.1", 0, AdminKey.of(KEY), stats, rules))
            .start();
    new Leases(jdbi, Duration.ofMinutes(5))
        .register(
            new Leases.Registration(
                WORKER,
                "worker",
                "here",
                1,
                List.of("default"),
                List.of("sync.master", "sync.supplier", "mv.refresh", "test.noop"),
                4));
  }

  /** An answer with its body as JSON; a body that is not JSON is null. */
  record Answer(int status, HttpResponse<String> response) {
    JsonNode json() {
      return Json.tree(response.body());
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  /** What requests there are, such as {@code GET /health/live}, except those for the page. */
  Set<String> operations() {
    return api.permissions().keySet().stream()
        .filter(route -> route.contains(" /api/") || route.contains(" /health/"))
        .filter(route -> !route.equals("GET " + AccessGate.DOCS))
        .collect(Collectors.toSet());
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.port() + path))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + KEY);
  }

  Answer send(HttpRequest.Builder request) {
    try {
      HttpRequest sent = request.build();
      HttpResponse<String> response = http.send(sent, BodyHandlers.ofString());
      Contract.check(sent, response);
      return new Answer(response.statusCode(), response);
    } catch (IOException e) {
      throw new AssertionError("the server did not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  Answer get(String path) {
    return send(request(path));
  }

  Answer post(String path, @Nullable String body) {
    return send(
        body == null
            ? request(path).POST(BodyPublishers.noBody())
            : request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
  }

  Answer put(String path, String body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(body)));
  }

  Answer delete(String path) {
    return send(request(path).DELETE());
  }

  /** Claims the next job of a kind; fails when there is none. */
  ClaimedJob claim(String kind) {
    List<ClaimedJob> claimed = claims.claimNext(WORKER, "default", List.of(kind), 1);
    if (claimed.isEmpty()) {
      throw new AssertionError("no " + kind + " job is queued");
    }
    return claimed.get(0);
  }

  boolean complete(ClaimedJob job) {
    return results.ended(job, JobState.COMPLETED, null, null);
  }

  boolean fail(ClaimedJob job, String error) {
    return results.ended(job, JobState.FAILED, error, null);
  }

  long enqueue(String kind) {
    return client.enqueue(NewJob.of(kind, "{}")).jobId();
  }

  String state(long jobId) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT state FROM millrace.jobs WHERE id = ?", jobId)
                .mapTo(String.class)
                .one());
  }

  void sql(String statement, Object... args) {
    jdbi.useHandle(handle -> handle.execute(statement, args));
  }

  /** As a queue worker does at its start. */
  void kindIsKnown(String kind, String fields) {
    sql(
        "INSERT INTO millrace.kinds (kind, payload_fields, defaults) VALUES (?, ?::jsonb, '{\"max_attempts\": 5}')",
        kind,
        fields);
  }

  /** Jobs, kinds and background workers as they are in a new database. */
  void clear() {
    sql("TRUNCATE millrace.jobs, millrace.kinds CASCADE");
    sql(
        "DELETE FROM public.background_workers WHERE worker_name NOT IN ('inventory_mv_refresh', 'master_sync')");
    sql(
        "UPDATE public.background_workers SET enabled = true, last_started_at = NULL, last_finished_at = NULL,"
            + " last_status = NULL, last_error_message = NULL, runs_ok_in_row = 0, runs_error_in_row = 0,"
            + " admin_set = '{}', time_zone = 'UTC', jitter_seconds = 0, misfire_policy = 'once', misfire_limit = 100,"
            + " overlap_policy = 'skip', interval_seconds = CASE worker_name WHEN 'master_sync' THEN NULL ELSE 600 END,"
            + " cron = CASE worker_name WHEN 'master_sync' THEN '0 0,8,16 * * *' END");
  }

  @Override
  public void close() {
    api.close();
    redis.close();
    redisServer.close();
    tests.close();
    database.close();
  }
}
