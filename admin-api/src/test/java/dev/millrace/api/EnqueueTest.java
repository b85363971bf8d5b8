package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.queue.ClaimedJob;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Enqueue with all its options: one job, many, once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnqueueTest {
  private static final String JOBS = "/api/admin/jobs";
  private static final String PAUSES = "/api/admin/pauses";

  private final ApiFixture api = new ApiFixture();

  @BeforeEach
  void nothing_has_happened_yet() {
    api.clear();
    api.sql("TRUNCATE millrace.idempotency_keys, millrace.pauses");
    api.kindIsKnown("test.noop", "[{\"name\": \"size\", \"type\": \"int\"}]");
  }

  @AfterAll
  void close() {
    api.close();
  }

  private Answer postWithKey(String key, String path, String body) {
    return api.send(
        api.request(path)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(body)));
  }

  private String column(Answer answer, String column) {
    long id = answer.json().path("job_id").asLong();
    return api.jdbi.withHandle(
        handle ->
            handle
                .select("SELECT (" + column + ")::text FROM millrace.jobs WHERE id = ?", id)
                .mapTo(String.class)
                .one());
  }

  private int jobs() {
    return api.jdbi.withHandle(
        handle -> handle.select("SELECT count(*) FROM millrace.jobs").mapTo(Integer.class).one());
  }

  @Test
  void what_decides_when_a_job_may_run_is_kept_as_asked() {
    Answer answer =
        api.post(
            JOBS,
            "{\"kind\": \"test.noop\", \"on_busy\": \"skip\", \"lock_key\": \"l\","
                + " \"limit\": {\"key\": \"api\", \"max\": 3}, \"start_by\": \"2090-01-01T00:00:00+01:00\","
                + " \"finish_by\": \"2090-01-02T00:00:00Z\", \"run_timeout_seconds\": 1.5, \"delay_seconds\": 0.25,"
                + " \"callback\": {\"kind\": \"test.noop\", \"payload\": {\"size\": 9}, \"priority\": 1}}");

    assertThat(answer.status()).as(answer.response().body()).isEqualTo(202);
    assertThat(
            column(
                answer,
                "concat_ws(' ', on_busy, lock_key, limit_key, limit_max, start_by AT TIME ZONE 'UTC',"
                    + " finish_by AT TIME ZONE 'UTC', run_timeout, state, callback->>'kind', callback->'payload'->>'size')"))
        .isEqualTo(
            "skip l api 3 2089-12-31 23:00:00 2090-01-02 00:00:00 00:00:01.5 scheduled test.noop 9");
  }

  @Test
  void a_debounced_call_is_answered_with_the_job_that_waits() {
    String body =
        "{\"kind\": \"test.noop\", \"unique_key\": \"d\", \"payload\": {\"size\": %d},"
            + " \"debounce\": {\"window_seconds\": 30, \"max_wait_seconds\": 60}}";
    Answer first = api.post(JOBS, body.formatted(1));
    Answer second = api.post(JOBS, body.formatted(2));

    assertThat(second.status()).isEqualTo(202);
    assertThat(first.json().path("created").asBoolean()).isTrue();
    assertThat(second.json().path("created").asBoolean()).isFalse();
    assertThat(second.json().path("job_id")).isEqualTo(first.json().path("job_id"));
    assertThat(second.json().path("status").asText()).isEqualTo("scheduled");
    assertThat(column(first, "payload->>'size'")).isEqualTo("2");
  }

  @Test
  void a_debounced_call_of_another_kind_is_another_job() {
    api.kindIsKnown("test.other", "[]");
    String body =
        "{\"kind\": \"%s\", \"unique_key\": \"d\", \"debounce\": {\"window_seconds\": 30}}";
    Answer first = api.post(JOBS, body.formatted("test.noop"));
    Answer other = api.post(JOBS, body.formatted("test.other"));

    assertThat(other.status()).isEqualTo(202);
    assertThat(other.json().path("created").asBoolean()).isTrue();
    assertThat(other.json().path("job_id")).isNotEqualTo(first.json().path("job_id"));
    assertThat(jobs()).isEqualTo(2);
  }

  @Test
  void options_that_cannot_be_are_refused_by_name() {
    Map<String, String> fields =
        Map.ofEntries(
            Map.entry("\"on_busy\": \"drop\"", "/on_busy"),
            Map.entry("\"limit\": {\"key\": \"a\"}", "/limit/max"),
            Map.entry("\"limit\": {\"key\": \"a\", \"max\": 0}", "/limit/max"),
            Map.entry("\"limit\": {\"keys\": \"a\", \"key\": \"a\", \"max\": 1}", "/limit/keys"),
            Map.entry("\"debounce\": {\"window_seconds\": 5}", "/unique_key"),
            Map.entry("\"debounce\": {\"window_seconds\": -5}", "/debounce/window_seconds"),
            Map.entry(
                "\"unique_key\": \"u\", \"debounce\": {\"window_seconds\": 5, \"max_wait_seconds\": 1}",
                "/debounce/max_wait_seconds"),
            Map.entry(
                "\"unique_key\": \"u\", \"throttle_seconds\": 5, \"debounce\": {\"window_seconds\": 5}",
                "/throttle_seconds"),
            Map.entry("\"throttle_seconds\": \"5\"", "/throttle_seconds"),
            Map.entry("\"start_by\": \"tomorrow\"", "/start_by"),
            Map.entry("\"start_by\": \"+999999-01-01T00:00:00Z\"", "/start_by"),
            Map.entry("\"delay_seconds\": 1e400", "/delay_seconds"),
            Map.entry(
                "\"unique_key\": \"u\", \"delay_seconds\": 5, \"debounce\": {\"window_seconds\": 5}",
                "/delay_seconds"),
            Map.entry("\"unique_key\": \"a\\u0000\"", "/unique_key"),
            Map.entry("\"lock_key\": \"a\\ud800\"", "/lock_key"),
            Map.entry("\"limit\": {\"key\": \"\\u0000\", \"max\": 1}", "/limit/key"),
            Map.entry("\"payload\": {\"size\": 1.5}", "/payload/size"),
            Map.entry("\"payload\": {\"size\": [{\"a\": \"\\u0000\"}]}", "/payload/size/0/a"),
            Map.entry("\"payload\": {\"size\": 1e400}", "/payload/size"),
            Map.entry("\"run_timeout_seconds\": 0", "/run_timeout_seconds"),
            Map.entry("\"callback\": {\"kind\": \"no.such\"}", "/callback/kind"),
            Map.entry(
                "\"callback\": {\"kind\": \"test.noop\", \"payload\": {\"sise\": 1}}",
                "/callback/payload/sise"),
            Map.entry("\"lock_key\": \"" + "k".repeat(201) + "\"", "/lock_key"));

    fields.forEach(
        (field, pointer) -> {
          Answer answer = api.post(JOBS, "{\"kind\": \"test.noop\", " + field + "}");
          assertThat(answer.status()).as(field).isEqualTo(422);
          assertThat(answer.json().at("/errors/0/pointer").asText()).as(field).isEqualTo(pointer);
        });
    assertThat(jobs()).isZero();
  }

  @Test
  void a_kind_can_take_smaller_payloads() {
    api.sql(
        "UPDATE millrace.kinds SET payload_fields = '[]', defaults = '{\"payload_bytes\": 100}' WHERE kind = 'test.noop'");
    Answer refused =
        api.post(
            JOBS, "{\"kind\": \"test.noop\", \"payload\": {\"a\": \"" + "x".repeat(100) + "\"}}");
    assertThat(refused.status()).isEqualTo(413);
    assertThat(refused.json().path("max_bytes").asInt()).isEqualTo(100);
    assertThat(refused.json().at("/errors/0/pointer").asText()).isEqualTo("/payload");
    assertThat(refused.json().path("detail").asText())
        .isEqualTo("payload must have at most 100 bytes, had 108");
  }

  @Test
  void a_body_that_can_be_read_in_two_ways_is_refused() {
    Answer twice = api.post(JOBS, "{\"kind\": \"test.noop\", \"kind\": \"test.noop\"}");
    Answer bytes =
        api.send(
            api.request(JOBS)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(new byte[] {'{', '"', (byte) 0xff, '"', '}'})));

    assertThat(twice.status()).isEqualTo(400);
    assertThat(bytes.status()).isEqualTo(400);
    assertThat(jobs()).isZero();
  }

  @Test
  void a_pause_names_what_can_be_paused_in_characters_that_can_be_kept() {
    Answer queue = api.post(PAUSES, "{\"queue\": \"a.b\", \"reason\": \"r\"}");
    Answer reason = api.post(PAUSES, "{\"kind\": \"test.noop\", \"reason\": \"\\u0000\"}");

    assertThat(queue.json().at("/errors/0/pointer").asText()).isEqualTo("/queue");
    assertThat(reason.status()).isEqualTo(422);
    assertThat(reason.json().at("/errors/0/pointer").asText()).isEqualTo("/reason");
  }

  @Test
  void a_bulk_retry_continues_after_jobs_that_cannot_be_retried() {
    api.sql(
        "INSERT INTO millrace.jobs (kind, state, attempt, finished_at) SELECT kind, 'failed', 1, clock_timestamp()"
            + " FROM unnest('{test.noop,batch,batch}'::text[]) AS kind");
    Answer first = api.post(JOBS + "/retry", "{\"limit\": 2}");
    String cursor = first.json().path("next_cursor").asText();
    Answer next = api.post(JOBS + "/retry", "{\"limit\": 2, \"cursor\": \"" + cursor + "\"}");

    assertThat(first.json().path("left").asInt()).isEqualTo(2);
    assertThat(next.json().path("queued").asInt()).isEqualTo(1);
    assertThat(next.json().path("next_cursor").isNull()).isTrue();
  }

  @Test
  void the_same_key_and_body_is_the_same_job_and_another_body_is_refused() {
    String body = "{\"kind\": \"test.noop\", \"payload\": {\"size\": 1}}";
    Answer first = postWithKey("key-1", JOBS, body);
    Answer again = postWithKey("key-1", JOBS, body);
    Answer other = postWithKey("key-1", JOBS, body.replace("1}", "2}"));
    Answer elsewhere = postWithKey("key-2", JOBS, body);

    assertThat(first.status()).isEqualTo(202);
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.json()).isEqualTo(first.json());
    assertThat(again.header("Location")).isEqualTo(first.header("Location"));
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.json().path("code").asText()).isEqualTo("idempotency_key_reused");
    assertThat(elsewhere.json().path("job_id")).isNotEqualTo(first.json().path("job_id"));
    assertThat(jobs()).isEqualTo(2);
  }

  @Test
  void twenty_requests_at_once_with_one_key_make_one_job() {
    String body = "{\"kind\": \"test.noop\"}";
    List<CompletableFuture<Answer>> answers =
        IntStream.range(0, 20)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> postWithKey("k", JOBS, body)))
            .toList();
    assertThat(answers.stream().map(answer -> answer.join().json()).collect(Collectors.toSet()))
        .hasSize(1);
    assertThat(jobs()).isEqualTo(1);
  }

  @Test
  void a_refused_request_leaves_its_key_free() {
    assertThat(postWithKey("k", JOBS, "{\"kind\": \"no.such\"}").status()).isEqualTo(422);
    assertThat(postWithKey("k", JOBS, "{\"kind\": \"test.noop\"}").status()).isEqualTo(202);
    assertThat(postWithKey("k".repeat(201), JOBS, "{\"kind\": \"test.noop\"}").status())
        .isEqualTo(400);
  }

  @Test
  void many_jobs_are_enqueued_together_in_their_order() {
    Answer answer =
        api.post(
            JOBS + "/bulk",
            "{\"jobs\": ["
                + IntStream.range(0, 300)
                    .mapToObj(i -> "{\"kind\": \"test.noop\", \"payload\": {\"size\": " + i + "}}")
                    .collect(Collectors.joining(","))
                + "]}");

    assertThat(answer.status()).isEqualTo(202);
    JsonNode enqueued = answer.json().path("jobs");
    assertThat(enqueued).hasSize(300);
    long last = enqueued.get(299).path("job_id").asLong();
    assertThat(api.get(JOBS + "/" + last).json().at("/payload/size").asInt()).isEqualTo(299);
    assertThat(answer.json().path("batch_id").isNull()).isTrue();
  }

  @Test
  void one_bad_job_among_many_is_named_and_none_is_enqueued() {
    Answer answer =
        api.post(
            JOBS + "/bulk",
            "{\"jobs\": [{\"kind\": \"test.noop\"}, {\"kind\": \"test.noop\", \"priority\": 900}]}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo("/jobs/1/priority");
    assertThat(api.post(JOBS + "/bulk", "{\"jobs\": []}").status()).isEqualTo(422);
    assertThat(jobs()).isZero();
  }

  @Test
  void a_batch_ends_with_its_jobs_and_bulk_is_idempotent_too() {
    String body =
        "{\"jobs\": [{\"kind\": \"test.noop\"}, {\"kind\": \"test.noop\"}],"
            + " \"batch\": {\"on_child_failure\": \"fail\", \"callback\": {\"kind\": \"test.noop\"}}}";
    Answer answer = postWithKey("b", JOBS + "/bulk", body);
    assertThat(postWithKey("b", JOBS + "/bulk", body).json()).isEqualTo(answer.json());
    Answer other = postWithKey("b", JOBS + "/bulk", "{\"jobs\": [{\"kind\": \"test.noop\"}]}");
    assertThat(other.json().path("code").asText()).isEqualTo("idempotency_key_reused");
    long batch = answer.json().path("batch_id").asLong();
    assertThat(api.state(batch)).isEqualTo("waiting");

    ClaimedJob first = api.claim("test.noop");
    api.fail(first, "broke");
    assertThat(api.state(batch)).isEqualTo("waiting");
    api.complete(api.claim("test.noop"));

    assertThat(api.state(batch)).isEqualTo("failed");
    assertThat(api.claim("test.noop").payload()).as("the callback").isEqualTo("{}");
    assertThat(api.post(JOBS + "/" + batch + "/retry", null).status()).isEqualTo(409);
  }

  @Test
  void failed_jobs_are_retried_by_filter() {
    for (int i = 0; i < 5; i++) {
      api.enqueue("test.noop");
    }
    for (int i = 0; i < 5; i++) {
      api.fail(api.claim("test.noop"), "broke");
    }
    Answer some = api.post(JOBS + "/retry", "{\"kind\": \"test.noop\", \"limit\": 2}");
    assertThat(some.status()).isEqualTo(202);
    assertThat(some.json().path("queued").asInt()).isEqualTo(2);
    assertThat(some.json().path("more").asBoolean()).isTrue();
    Answer rest = api.post(JOBS + "/retry", "{}");
    assertThat(rest.json().path("queued").asInt()).isEqualTo(3);
    assertThat(rest.json().path("more").asBoolean()).isFalse();
    assertThat(api.post(JOBS + "/retry", "{\"state\": \"queued\"}").status()).isEqualTo(422);
  }

  @Test
  void a_paused_queue_has_an_author_and_a_reason_until_resumed() {
    api.enqueue("test.noop");
    Answer paused =
        api.post(
            PAUSES,
            "{\"queue\": \"default\", \"paused_by\": \"ada\", \"reason\": \"the mail server is down\"}");
    assertThat(paused.status()).isEqualTo(201);
    assertThat(api.post(PAUSES, "{\"queue\": \"default\", \"reason\": \"me too\"}").json())
        .isEqualTo(paused.json());
    assertThat(api.claims.claimNext(ApiFixture.WORKER, "default", List.of("test.noop"), 1))
        .isEmpty();
    assertThat(api.get(PAUSES).json().at("/pauses/0/reason").asText())
        .isEqualTo("the mail server is down");

    assertThat(api.send(api.request(PAUSES + "?queue=default").DELETE()).status()).isEqualTo(204);
    assertThat(api.send(api.request(PAUSES + "?queue=default").DELETE()).status()).isEqualTo(404);
    assertThat(api.claim("test.noop").id()).isPositive();
    assertThat(api.post(PAUSES, "{\"queue\": \"default\"}").json().at("/errors/0/pointer").asText())
        .isEqualTo("/reason");
  }

  @Test
  void pauses_are_listed_in_pages_and_there_are_no_more_than_a_thousand() {
    // ten at a time in one transaction: a page does not end between them
    api.sql(
        "INSERT INTO millrace.pauses (queue, kind, paused_by, reason, paused_at)"
            + " SELECT 'q' || i, '*', 'ada', 'r' || i, timestamptz '2026-01-01' + (i / 10) * interval '1 microsecond'"
            + " FROM generate_series(0, 999) i");
    List<String> reasons = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = api.get(PAUSES + "?limit=33" + cursor).json();
      assertThat(page.path("pauses")).hasSizeLessThanOrEqualTo(40);
      page.path("pauses").forEach(pause -> reasons.add(pause.path("reason").asText()));
      cursor =
          page.path("next_cursor").isNull() ? "" : "&cursor=" + page.path("next_cursor").asText();
    } while (!cursor.isEmpty());
    assertThat(reasons)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 1000).mapToObj(i -> "r" + i).toList());

    Answer refused = api.post(PAUSES, "{\"queue\": \"one-more\", \"reason\": \"x\"}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().path("code").asText()).isEqualTo("too_many_pauses");
    assertThat(api.post(PAUSES, "{\"queue\": \"q7\", \"reason\": \"x\"}").status())
        .as("it is paused already")
        .isEqualTo(200);
    assertThat(api.delete(PAUSES + "?queue=q7").status()).isEqualTo(204);
    assertThat(api.post(PAUSES, "{\"queue\": \"one-more\", \"reason\": \"x\"}").status())
        .isEqualTo(201);
  }
}
