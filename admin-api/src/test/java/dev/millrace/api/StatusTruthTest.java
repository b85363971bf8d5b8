package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.job.NewJob;
import dev.millrace.queue.ClaimedJob;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The status stays true in every state of every kind of job, and says what it cannot read. */
class StatusTruthTest {
  private static final String STATUS = "/api/admin/status";
  private static final String INGESTION = "/api/admin/ingestion/status";

  private final ApiFixture api = new ApiFixture();

  @AfterEach
  void close() {
    api.close();
  }

  private JsonNode statusWhere(Predicate<JsonNode> wanted) {
    return await().atMost(Duration.ofSeconds(10)).until(() -> api.get(STATUS).json(), wanted);
  }

  private static JsonNode running(JsonNode status, String id) {
    for (JsonNode job : status.path("running_jobs")) {
      if (job.path("id").asText().equals(id)) {
        return job;
      }
    }
    throw new AssertionError("job " + id + " is not among " + status.path("running_jobs"));
  }

  private static Predicate<JsonNode> counts(String state, long jobs) {
    return status -> status.at("/jobs/counts/" + state).asLong(-1) == jobs;
  }

  private String batch(String batch, String jobs) {
    ApiFixture.Answer answer =
        api.post("/api/admin/jobs/bulk", "{\"batch\":" + batch + ",\"jobs\":[" + jobs + "]}");
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(202);
    return answer.json().path("batch_id").asText();
  }

  @Test
  void a_batch_waits_with_its_progress_while_the_status_is_read() {
    api.kindIsKnown("test.noop", "[]");
    String job = "{\"kind\":\"test.noop\"}";
    String id =
        batch(
            "{\"on_child_failure\":\"fail\",\"callback\":{\"kind\":\"test.noop\"}}",
            String.join(",", job, job, "{\"kind\":\"test.noop\",\"delay_seconds\":600}"));

    JsonNode batch = running(statusWhere(counts("waiting", 1)), id);
    assertThat(batch.path("state").asText()).isEqualTo("waiting");
    assertThat(batch.path("started_at").isNull()).isTrue();
    assertThat(batch.at("/progress/current").asLong()).isZero();
    assertThat(batch.at("/progress/total").asLong()).isEqualTo(3);

    assertThat(api.complete(api.claim("test.noop"))).isTrue();
    JsonNode status = statusWhere(counts("completed", 1));
    assertThat(running(status, id).at("/progress/current").asLong()).isEqualTo(1);
    assertThat(status.path("degraded")).isEmpty();
    assertThat(api.get(INGESTION).status()).isEqualTo(200);

    assertThat(api.post("/api/admin/jobs/" + id + "/cancel", null).status()).isEqualTo(200);
    statusWhere(seen -> seen.path("running_jobs").isEmpty());
    assertThat(api.get(STATUS).json().path("degraded")).isEmpty();
  }

  @Test
  void every_state_of_every_kind_of_job_is_counted_and_shown() {
    api.kindIsKnown("test.noop", "[]");
    long delayed =
        api.client.enqueue(NewJob.of("test.noop", "{}").after(Duration.ofHours(1))).jobId();
    api.enqueue("test.noop");
    assertThat(api.complete(api.claim("test.noop"))).isTrue();
    api.enqueue("test.noop");
    assertThat(api.fail(api.claim("test.noop"), "broken")).isTrue();
    long cancelled = api.enqueue("test.noop");
    assertThat(api.post("/api/admin/jobs/" + cancelled + "/cancel", null).status()).isEqualTo(200);
    // a parent that ran, and one that is cancelled while it waits
    long parent = parentOfOne();
    long stopping = parentOfOne();
    api.sql(
        "UPDATE millrace.jobs SET cancel_requested_at = clock_timestamp() WHERE id = ?", stopping);
    String batch = batch("{}", "{\"kind\":\"test.noop\",\"delay_seconds\":60}");
    ClaimedJob held = claimNew();
    api.enqueue("mv.refresh");
    api.post(
        "/api/admin/jobs",
        "{\"kind\":\"test.noop\",\"unique_key\":\"u\",\"debounce\":{\"window_seconds\":60}}");

    JsonNode status = statusWhere(counts("scheduled", 5));

    assertThat(status.path("degraded")).isEmpty();
    assertThat(status.at("/jobs/counts").toString())
        .isEqualTo(
            "{\"scheduled\":5,\"queued\":1,\"processing\":1,\"waiting\":3,\"completed\":1,"
                + "\"failed\":1,\"cancelled\":1}");
    assertThat(status.path("running_jobs").findValuesAsText("id"))
        .containsExactlyInAnyOrder(
            Long.toString(held.id()), Long.toString(parent), Long.toString(stopping), batch);
    assertThat(running(status, Long.toString(parent)).path("started_at").isTextual()).isTrue();
    assertThat(running(status, Long.toString(parent)).at("/progress/total").asLong()).isEqualTo(1);
    assertThat(running(status, Long.toString(stopping)).path("cancel_requested").asBoolean())
        .isTrue();
    assertThat(running(status, batch).at("/progress/total").asLong()).isEqualTo(1);
    assertThat(api.state(delayed)).isEqualTo("scheduled");
  }

  private ClaimedJob claimNew() {
    api.enqueue("test.noop");
    return api.claim("test.noop");
  }

  private long parentOfOne() {
    ClaimedJob job = claimNew();
    assertThat(
            api.results.waiting(
                job, List.of(NewJob.of("test.noop", "{}").after(Duration.ofHours(1))), "{}"))
        .isTrue();
    return job.id();
  }

  @Test
  void a_row_that_cannot_be_read_is_left_out_and_the_rest_stays_true() {
    claimNew();
    api.sql("ALTER TABLE millrace.queue_workers ALTER COLUMN started_at DROP NOT NULL");
    api.sql(
        "INSERT INTO millrace.queue_workers (worker_id, name, host, pid, queues, kinds, concurrency, started_at, lease_until)"
            + " VALUES ('broken', 'broken', 'here', 1, '{default}', '{}', 1, NULL, clock_timestamp() + interval '1 h')");

    JsonNode status = statusWhere(seen -> seen.path("degraded").size() == 1);

    String defect = status.at("/degraded/0").asText();
    assertThat(defect).matches("internal:[0-9a-f]{32}");
    assertThat(status.path("queue_workers").findValuesAsText("worker_id"))
        .containsExactly(ApiFixture.WORKER);
    assertThat(status.path("running_jobs")).hasSize(1);
    assertThat(status.path("age_seconds").asLong()).isZero();
    assertThat(api.get(INGESTION).status()).isEqualTo(200);
    String asOf = status.path("as_of").asText();
    JsonNode later = statusWhere(seen -> !seen.path("as_of").asText().equals(asOf));
    assertThat(later.at("/degraded/0").asText()).as("logged once").isEqualTo(defect);

    api.sql("DELETE FROM millrace.queue_workers WHERE worker_id = 'broken'");
    statusWhere(seen -> seen.path("degraded").isEmpty());
  }

  @Test
  void a_part_whose_statement_fails_is_missing_alone() {
    claimNew();
    assertThat(api.get(INGESTION).status()).isEqualTo(200);
    api.sql("ALTER VIEW millrace.sync_parsing_logs RENAME TO parsing_logs_of_old");

    JsonNode status = statusWhere(seen -> seen.path("degraded").size() == 1);

    String traceId = status.at("/degraded/0").asText().replace("internal:", "");
    assertThat(status.path("ingestion").isNull()).isTrue();
    assertThat(status.path("running_jobs")).hasSize(1);
    assertThat(status.path("age_seconds").asLong()).isZero();
    ApiFixture.Answer ingestion = api.get(INGESTION);
    assertThat(ingestion.status()).isEqualTo(500);
    assertThat(ingestion.json().path("trace_id").asText()).isEqualTo(traceId);
  }
}
