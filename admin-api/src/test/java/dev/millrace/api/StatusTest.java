package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.json.Json;
import dev.millrace.progress.Progress;
import dev.millrace.queue.ClaimedJob;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The one status endpoint. */
class StatusTest {
  private static final String STATUS = "/api/admin/status";

  private final ApiFixture api = new ApiFixture();

  @AfterEach
  void close() {
    api.close();
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Polls until the snapshot shows it: at most about a second after it happened. */
  private JsonNode statusWhere(String pointer, String value) {
    return await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> api.get(STATUS).json(), status -> status.at(pointer).asText().equals(value));
  }

  @Test
  void an_answer_holds_the_sections_that_are_asked_for() {
    Answer part = api.get(STATUS + "?sections=scheduler,jobs");
    assertThat(names(part.json()))
        .containsExactly("as_of", "age_seconds", "degraded", "jobs", "scheduler", "troubles");
    String tag = part.header("ETag");
    assertThat(tag).isNotEqualTo(api.get(STATUS).header("ETag"));
    assertThat(api.get(STATUS + "?sections=jobs,scheduler").header("ETag")).isEqualTo(tag);
    JsonNode problem = api.get(STATUS + "?sections=jobs,job").json();
    assertThat(problem.path("code").asText()).isEqualTo("invalid_parameter");
    assertThat(problem.path("value").asText()).isEqualTo("job");
  }

  @Test
  void a_poller_that_takes_gzip_gets_the_same_document_compressed() throws Exception {
    HttpRequest request = api.request(STATUS).header("Accept-Encoding", "gzip").build();
    HttpResponse<byte[]> answer =
        HttpClient.newHttpClient().send(request, BodyHandlers.ofByteArray());
    assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
    try (InputStream body = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
      assertThat(names(Json.tree(new String(body.readAllBytes(), StandardCharsets.UTF_8))))
          .contains("as_of", "scheduler");
    }
    assertThat(answer.body().length).isLessThan(api.get(STATUS).response().body().length() / 2);
  }

  @Test
  void one_answer_holds_everything() {
    ClaimedJob running = claimNew();
    api.board.publish(running.id(), new Progress(running.fence(), 3, 10, "third", Instant.now()));
    api.sql(
        "INSERT INTO public.mv_refresh_log (view_name, status, duration_ms, row_count, mode) VALUES"
            + " ('public.a', 'success', 12, 7, 'concurrently'), ('public.b', 'success', 5, 1, 'plain'),"
            + " ('public.b', 'error', 9, NULL, 'plain')");
    api.enqueue("mv.refresh");

    JsonNode status = api.get(STATUS).json();

    assertThat(names(status))
        .containsExactly(
            "as_of",
            "age_seconds",
            "degraded",
            "ingestion",
            "background_workers",
            "views",
            "jobs",
            "running_jobs",
            "queue_workers",
            "unserved",
            "scheduler",
            "troubles");
    assertThat(Instant.parse(status.path("as_of").asText()))
        .isBetween(Instant.now().minusSeconds(30), Instant.now().plusSeconds(30));
    assertThat(status.path("degraded")).isEmpty();
    assertThat(status.at("/ingestion/sync_state").asText()).isEqualTo("idle");
    assertThat(status.path("background_workers").findValuesAsText("worker_key"))
        .contains("inventory_mv_refresh", "master_sync");
    assertThat(status.at("/views/0/view_name").asText()).isEqualTo("public.a");
    assertThat(status.at("/views/0/rows").asLong()).isEqualTo(7);
    assertThat(status.at("/views/1/last_status").asText()).isEqualTo("error");
    assertThat(status.at("/views/1/last_success_at").isNull()).isFalse();
    assertThat(status.at("/jobs/counts/processing").asLong()).isEqualTo(1);
    assertThat(status.at("/jobs/counts/queued").asLong()).isEqualTo(1);
    assertThat(status.at("/jobs/at_least")).isEmpty();
    JsonNode job = status.at("/running_jobs/0");
    assertThat(job.path("id").asText()).isEqualTo(Long.toString(running.id()));
    assertThat(job.at("/progress/current").asLong()).isEqualTo(3);
    assertThat(job.at("/progress/total").asLong()).isEqualTo(10);
    JsonNode worker = status.at("/queue_workers/0");
    assertThat(worker.path("worker_id").asText()).isEqualTo(ApiFixture.WORKER);
    assertThat(worker.path("running").asLong()).isEqualTo(1);
    assertThat(worker.path("heartbeat_age_seconds").asDouble()).isBetween(0.0, 30.0);
    assertThat(status.at("/scheduler/nodes")).isEmpty();
    assertThat(status.at("/scheduler/state").asText()).isEqualTo("absent");
    assertThat(status.at("/scheduler/trouble").asText())
        .isEqualTo("no scheduler has ever checked in");
    assertThat(status.at("/scheduler/leader").isNull()).isTrue();
  }

  @Test
  void a_thread_that_died_is_among_the_troubles() {
    claimNew();
    api.sql("UPDATE millrace.queue_workers SET troubles = '{thread fetch died}'");

    assertThat(api.get(STATUS).json().at("/troubles/0").asText())
        .isEqualTo("queue worker " + ApiFixture.WORKER + ": thread fetch died");
  }

  private ClaimedJob claimNew() {
    api.enqueue("test.noop");
    return api.claim("test.noop");
  }

  @Test
  void a_count_stops_at_the_cap_and_is_marked() {
    api.sql("INSERT INTO millrace.jobs (kind) SELECT 'test.noop' FROM generate_series(1, 10050)");
    api.sql(
        "INSERT INTO millrace.jobs (kind, state, finished_at)"
            + " SELECT 'test.noop', 'completed', clock_timestamp() FROM generate_series(1, 42)");

    JsonNode jobs = api.get(STATUS).json().path("jobs");

    assertThat(jobs.at("/counts/queued").asLong()).isEqualTo(10_000);
    assertThat(jobs.at("/counts/completed").asLong()).isEqualTo(42);
    assertThat(jobs.path("at_least").toString()).isEqualTo("[\"queued\"]");
  }

  @Test
  void a_poller_that_has_the_newest_gets_304() {
    Answer first = api.get(STATUS);
    String tag = first.header("ETag");
    assertThat(tag).matches("W/\"[A-Za-z0-9_-]+\"");
    assertThat(first.header("Cache-Control")).isEqualTo("private, no-cache");

    for (String known :
        List.of(tag, tag.substring(2), "\"other\", " + tag + ", W/\"third\"", "*")) {
      Answer again = api.send(api.request(STATUS).header("If-None-Match", known));
      assertThat(again.status()).as(known).isEqualTo(304);
      assertThat(again.response().body()).isEmpty();
      assertThat(again.header("ETag")).isEqualTo(tag);
      assertThat(again.header("Cache-Control")).isEqualTo("private, no-cache");
    }
    assertThat(api.send(api.request(STATUS).header("If-None-Match", "\"other\"")).status())
        .isEqualTo(200);
  }

  @Test
  void the_tag_stays_while_nothing_happens_and_changes_when_something_does() {
    Answer first = api.get(STATUS);
    String asOf = first.json().path("as_of").asText();
    Answer later =
        await()
            .until(
                () -> api.get(STATUS),
                answer -> !answer.json().path("as_of").asText().equals(asOf));
    assertThat(later.header("ETag")).isEqualTo(first.header("ETag"));

    api.enqueue("test.noop");

    await().until(() -> !api.get(STATUS).header("ETag").equals(first.header("ETag")));
  }

  @Test
  void without_redis_the_status_comes_from_postgres_marked_degraded() {
    ClaimedJob running = claimNew();
    api.board.publish(running.id(), new Progress(running.fence(), 1, 2, "", Instant.now()));
    assertThat(api.get(STATUS).json().at("/running_jobs/0/progress/total").asLong()).isEqualTo(2);

    api.redisServer.close();

    JsonNode status = statusWhere("/degraded/0", "redis");
    assertThat(status.at("/running_jobs/0/id").asText()).isEqualTo(Long.toString(running.id()));
    assertThat(status.at("/running_jobs/0/progress").isNull()).isTrue();
    assertThat(api.get("/api/admin/ingestion/status").header("Millrace-Degraded"))
        .isEqualTo("redis");
  }

  @Test
  void a_redis_that_hangs_is_reported_as_out() throws Exception {
    claimNew();
    String asOf = api.get(STATUS).json().path("as_of").asText();
    ChildProcess.signal("STOP", api.redisServer.pid());
    try {
      // so long that the last look would be called old
      await().pollDelay(Duration.ofSeconds(6)).until(() -> true);

      JsonNode status = api.get(STATUS).json();

      assertThat(status.path("degraded").toString()).isEqualTo("[\"redis\"]");
      assertThat(status.path("as_of").asText()).isGreaterThan(asOf);
    } finally {
      ChildProcess.signal("CONT", api.redisServer.pid());
    }
  }

  @Test
  void without_postgres_the_last_status_is_shown_with_its_age() {
    String asOf = api.get(STATUS).json().path("as_of").asText();
    assertThat(asOf).isNotEmpty();

    PostgresAway.from(api.databaseUrl);

    JsonNode status =
        await()
            .atMost(Duration.ofSeconds(20))
            .until(
                () -> {
                  Answer answer = api.get(STATUS);
                  assertThat(answer.status()).isEqualTo(200);
                  return answer.json();
                },
                json -> json.path("age_seconds").asLong() >= 2);
    assertThat(status.path("degraded").toString()).contains("postgres");
    assertThat(status.path("as_of").asText()).isGreaterThanOrEqualTo(asOf);

    PostgresAway.isBack(api.databaseUrl);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> api.get(STATUS).json().path("degraded").isEmpty());
  }

  @Test
  void a_lost_queue_worker_is_called_lost() {
    assertThat(api.get(STATUS).json().at("/queue_workers/0/state").asText()).isEqualTo("running");

    api.sql("UPDATE millrace.queue_workers SET lease_until = clock_timestamp() - interval '1 s'");

    statusWhere("/queue_workers/0/state", "lost");
  }

  @Test
  void with_no_scheduler_the_next_runs_are_called_late() {
    api.sql(
        "UPDATE public.background_workers SET next_run_at = clock_timestamp() - interval '1 h'"
            + " WHERE worker_name = 'inventory_mv_refresh'");
    api.sql(
        "INSERT INTO millrace.scheduler_nodes (node, host, pid, checked_in_at, clock_skew_ms)"
            + " VALUES ('node-1', 'here', 1, clock_timestamp() - interval '1 minute', -3)");

    JsonNode scheduler = api.get(STATUS).json().path("scheduler");

    assertThat(scheduler.path("state").asText()).isEqualTo("absent");
    assertThat(scheduler.path("trouble").asText())
        .startsWith("no scheduler has checked in since ")
        .contains("; next runs late since ");
    assertThat(scheduler.path("late_since").isNull()).isFalse();
    assertThat(scheduler.at("/nodes/0/node").asText()).isEqualTo("node-1");
    assertThat(scheduler.at("/nodes/0/missing").asBoolean()).isTrue();
  }

  @Test
  void a_node_that_lives_is_shown_with_its_clock_and_whether_it_leads() {
    api.sql(
        "INSERT INTO millrace.scheduler_nodes (node, host, pid, clock_skew_ms)"
            + " VALUES ('node-1', 'here', 1, -3)");
    api.sql(
        "INSERT INTO millrace.leader (node, lease_until)"
            + " VALUES ('node-1', clock_timestamp() + interval '1 minute')");

    JsonNode scheduler = api.get(STATUS).json().path("scheduler");

    assertThat(scheduler.path("state").asText()).isEqualTo("running");
    assertThat(scheduler.path("trouble").isNull()).isTrue();
    assertThat(scheduler.path("leader").asText()).isEqualTo("node-1");
    assertThat(scheduler.at("/nodes/0/clock_skew_ms").asLong()).isEqualTo(-3);
    assertThat(scheduler.at("/nodes/0/missing").asBoolean()).isFalse();
    assertThat(Instant.parse(scheduler.at("/nodes/0/last_checkin_at").asText()))
        .isBetween(Instant.now().minusSeconds(30), Instant.now().plusSeconds(30));
  }
}
