package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.job.NewJob;
import dev.millrace.progress.Progress;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.JobResults.Again;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Jobs: lists, details, enqueue, cancel. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JobsTest {
  private static final String JOBS = "/api/admin/jobs";

  private final ApiFixture api = new ApiFixture();

  @BeforeEach
  void nothing_has_happened_yet() {
    api.clear();
  }

  @AfterAll
  void close() {
    api.close();
  }

  private static List<Long> ids(JsonNode page) {
    List<Long> ids = new ArrayList<>();
    page.path("jobs").forEach(job -> ids.add(job.path("id").asLong()));
    return ids;
  }

  @Test
  void a_list_is_walked_newest_first_and_ends() {
    List<Long> enqueued = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      enqueued.add(0, api.enqueue("test.noop"));
    }
    JsonNode first = api.get(JOBS + "?limit=2").json();
    long newer = api.enqueue("test.noop");
    JsonNode second =
        api.get(JOBS + "?limit=2&cursor=" + first.path("next_cursor").asText()).json();
    JsonNode third =
        api.get(JOBS + "?limit=2&cursor=" + second.path("next_cursor").asText()).json();

    List<Long> walked = new ArrayList<>(ids(first));
    walked.addAll(ids(second));
    walked.addAll(ids(third));
    assertThat(walked).isEqualTo(enqueued).doesNotContain(newer);
    assertThat(third.path("next_cursor").isNull()).isTrue();
  }

  @Test
  void a_list_is_narrowed_by_state_kind_and_queue() {
    long other = api.enqueue("test.other");
    long queued = api.enqueue("test.noop");
    long mail = api.client.enqueue(NewJob.of("test.noop", "{}").inQueue("mail")).jobId();
    long processing = api.claim("test.noop").id();
    assertThat(processing).isEqualTo(queued);

    assertThat(ids(api.get(JOBS + "?kind=test.other").json())).containsExactly(other);
    assertThat(ids(api.get(JOBS + "?queue=mail").json())).containsExactly(mail);
    assertThat(ids(api.get(JOBS + "?state=processing").json())).containsExactly(processing);
    assertThat(ids(api.get(JOBS + "?state=queued&queue=default").json())).containsExactly(other);
    assertThat(ids(api.get(JOBS + "?state=failed").json())).isEmpty();
  }

  @Test
  void an_invalid_filter_is_refused_with_the_allowed_values() {
    for (String query :
        List.of(
            "state=done",
            "limit=0",
            "limit=x",
            "kind=A+b",
            "cursor=junk",
            "stat=failed",
            "state=queued&state=failed")) {
      Answer answer = api.get(JOBS + "?" + query);
      assertThat(answer.status()).as(query).isEqualTo(400);
      assertThat(answer.json().path("code").asText()).isEqualTo("invalid_parameter");
      assertThat(answer.json().path("field").asText()).isEqualTo(query.replaceAll("=.*", ""));
      assertThat(answer.json().path("allowed")).isNotEmpty();
    }
    assertThat(api.get(JOBS + "?state=done").json().path("value").asText()).isEqualTo("done");
  }

  @Test
  void a_cursor_is_good_only_for_its_filter_and_a_limit_has_a_most() {
    api.client.enqueueAll(Collections.nCopies(250, NewJob.of("test.noop", "{}")));

    JsonNode page = api.get(JOBS + "?limit=100000").json();

    assertThat(page.path("jobs")).hasSize(200);
    String cursor = page.path("next_cursor").asText();
    assertThat(api.get(JOBS + "?state=queued&cursor=" + cursor).status()).isEqualTo(400);
    assertThat(api.get(JOBS + "?cursor=" + cursor).json().path("jobs")).hasSize(50);
  }

  @Test
  void a_detail_has_all_that_belongs_to_the_job() {
    api.enqueue("test.noop");
    ClaimedJob first = api.claim("test.noop");
    api.results.again(first, Again.FAILED, Duration.ZERO, "broke");
    ClaimedJob second = api.claim("test.noop");
    api.board.publish(second.id(), new Progress(second.fence(), 1, 4, "one", Instant.now()));
    api.sql(
        "INSERT INTO millrace.job_logs (job_id, attempt, level, message) VALUES (?, 1, 'info', 'hello')",
        second.id());

    JsonNode job = api.get(JOBS + "/" + second.id()).json();

    assertThat(job.path("id").textValue()).isEqualTo(Long.toString(second.id()));
    assertThat(job.path("state").asText()).isEqualTo("processing");
    assertThat(job.path("attempt").asInt()).isEqualTo(2);
    assertThat(job.path("payload").isObject()).isTrue();
    assertThat(job.at("/progress/current").asLong()).isEqualTo(1);
    assertThat(job.at("/attempts/0/outcome").asText()).isEqualTo("failed");
    assertThat(job.at("/attempts/0/error").asText()).isEqualTo("broke");
    assertThat(job.at("/log/0/message").asText()).isEqualTo("hello");
    assertThat(job.at("/children/total").asLong()).isZero();
  }

  @Test
  void a_parent_shows_its_children_by_state() {
    long parent = api.enqueue("test.noop");
    api.results.waiting(
        api.claim("test.noop"),
        List.of(NewJob.of("test.child", "{}"), NewJob.of("test.child", "{}")),
        "{\"n\": 2}");
    api.complete(api.claim("test.child"));

    JsonNode job = api.get(JOBS + "/" + parent).json();

    assertThat(job.path("children").toString())
        .isEqualTo(
            "{\"total\":2,\"more\":false,\"left\":1,\"by_state\":{\"queued\":1,\"completed\":1}}");
    assertThat(job.at("/result/n").asInt()).isEqualTo(2);
  }

  @Test
  void no_such_job_is_a_404() {
    for (String id : List.of("1", "0", "-1", "x", "99999999999999999999")) {
      assertThat(api.get(JOBS + "/" + id).status()).as(id).isEqualTo(404);
      assertThat(api.post(JOBS + "/" + id + "/cancel", null).status()).as(id).isEqualTo(404);
      assertThat(api.post(JOBS + "/" + id + "/retry", null).status()).as(id).isEqualTo(404);
    }
  }

  @Test
  void a_job_is_enqueued_as_asked() {
    api.kindIsKnown("test.noop", "[{\"name\": \"size\", \"type\": \"int\"}]");

    Answer answer =
        api.post(
            JOBS,
            "{\"kind\": \"test.noop\", \"payload\": {\"size\": 3}, \"queue\": \"mail\", \"priority\": 2,"
                + " \"delay_seconds\": 60, \"unique_key\": \"u\", \"lock_key\": \"l\", \"max_attempts\": 7}");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json().path("status").asText()).isEqualTo("scheduled");
    JsonNode job = api.get(answer.header("Location")).json();
    assertThat(job.path("queue").asText()).isEqualTo("mail");
    assertThat(job.path("priority").asInt()).isEqualTo(2);
    assertThat(job.path("unique_key").asText()).isEqualTo("u");
    assertThat(job.path("lock_key").asText()).isEqualTo("l");
    assertThat(job.path("max_attempts").asInt()).isEqualTo(7);
    assertThat(job.at("/payload/size").asInt()).isEqualTo(3);
    assertThat(job.path("trigger").asText()).isEqualTo("api");
    assertThat(Instant.parse(job.path("run_at").asText())).isAfter(Instant.now().plusSeconds(30));
  }

  @Test
  void a_job_with_only_a_kind_gets_the_defaults_of_the_kind() {
    api.kindIsKnown("test.noop", "[]");

    Answer answer = api.post(JOBS, "{\"kind\": \"test.noop\"}");

    assertThat(answer.status()).isEqualTo(202);
    JsonNode job = api.get(answer.header("Location")).json();
    assertThat(job.path("max_attempts").asInt()).isEqualTo(5);
    assertThat(job.path("state").asText()).isEqualTo("queued");
    assertThat(job.path("payload")).isEmpty();
  }

  @Test
  void a_held_unique_key_is_refused_with_its_holder() {
    api.kindIsKnown("test.noop", "[]");
    String body = "{\"kind\": \"test.noop\", \"unique_key\": \"one\"}";
    String holder = api.post(JOBS, body).json().path("job_id").asText();

    Answer second = api.post(JOBS, body);

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.json().path("code").asText()).isEqualTo("unique_key_held");
    assertThat(second.json().path("job_id").asText()).isEqualTo(holder);
    assertThat(second.json().path("state").asText()).isEqualTo("queued");
  }

  @Test
  void a_job_that_cannot_be_is_refused_by_name() {
    api.kindIsKnown("test.noop", "[{\"name\": \"size\", \"type\": \"int\"}]");
    Map<String, String> bodies =
        Map.ofEntries(
            Map.entry("{}", "/kind"),
            Map.entry("{\"kind\": \"no.such\"}", "/kind"),
            Map.entry("{\"kind\": \"test.noop\", \"payload\": []}", "/payload"),
            Map.entry("{\"kind\": \"test.noop\", \"payload\": {\"sise\": 1}}", "/payload/sise"),
            Map.entry("{\"kind\": \"test.noop\", \"payload\": {\"size\": \"x\"}}", "/payload/size"),
            Map.entry("{\"kind\": \"test.noop\", \"queue\": \"A B\"}", "/queue"),
            Map.entry("{\"kind\": \"test.noop\", \"priority\": 101}", "/priority"),
            Map.entry("{\"kind\": \"test.noop\", \"delay_seconds\": -1}", "/delay_seconds"),
            Map.entry("{\"kind\": \"test.noop\", \"max_attempts\": 0}", "/max_attempts"),
            Map.entry("{\"kind\": \"test.noop\", \"unique_key\": \"\"}", "/unique_key"),
            Map.entry("{\"kind\": \"test.noop\", \"lock_key\": 5}", "/lock_key"),
            Map.entry("{\"kind\": \"test.noop\", \"state\": \"completed\"}", "/state"));

    bodies.forEach(
        (body, pointer) -> {
          Answer answer = api.post(JOBS, body);
          assertThat(answer.status()).as(body).isEqualTo(422);
          assertThat(answer.json().at("/errors/0/pointer").asText()).as(body).isEqualTo(pointer);
        });

    assertThat(api.get(JOBS).json().path("jobs")).isEmpty();
  }

  @Test
  void a_payload_has_a_largest_size() {
    api.kindIsKnown("test.noop", "[]");
    String fits =
        "{\"kind\": \"test.noop\", \"payload\": {\"a\": \"" + "x".repeat(262_100) + "\"}}";
    String large =
        "{\"kind\": \"test.noop\", \"payload\": {\"a\": \"" + "x".repeat(262_144) + "\"}}";

    assertThat(api.post(JOBS, fits).status()).isEqualTo(202);
    Answer refused = api.post(JOBS, large);
    assertThat(refused.status()).isEqualTo(413);
    assertThat(refused.json().path("max_bytes").asInt()).isEqualTo(262_144);
    assertThat(api.post(JOBS, "x".repeat(2_000_000)).status()).isEqualTo(413);
  }

  private String status(Answer answer) {
    return answer.status() + " " + answer.json().path("status").asText();
  }

  @Test
  void a_queued_job_is_cancelled_at_once_and_never_runs() {
    long job = api.enqueue("test.noop");

    assertThat(status(api.post(JOBS + "/" + job + "/cancel", null))).isEqualTo("200 cancelled");

    assertThat(api.state(job)).isEqualTo("cancelled");
    assertThat(api.claims.claimNext(ApiFixture.WORKER, "default", List.of("test.noop"), 1))
        .isEmpty();
    Answer again = api.post(JOBS + "/" + job + "/cancel", null);
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.json().path("state").asText()).isEqualTo("cancelled");
  }

  @Test
  void a_running_job_is_asked_to_stop() {
    api.enqueue("test.noop");
    ClaimedJob job = api.claim("test.noop");

    assertThat(status(api.post(JOBS + "/" + job.id() + "/cancel", null)))
        .isEqualTo("202 cancelling");

    assertThat(api.get(JOBS + "/" + job.id()).json().path("cancel_requested").asBoolean()).isTrue();
    assertThat(api.state(job.id())).isEqualTo("processing");
    assertThat(api.complete(job)).isTrue();
  }

  @Test
  void a_parent_is_cancelled_with_its_children_and_ends_with_the_last() {
    long parent = api.enqueue("test.noop");
    api.results.waiting(
        api.claim("test.noop"),
        List.of(NewJob.of("test.child", "{}"), NewJob.of("test.child", "{}")),
        "{}");
    ClaimedJob running = api.claim("test.child");

    assertThat(status(api.post(JOBS + "/" + parent + "/cancel", null))).isEqualTo("202 cancelling");

    assertThat(api.get(JOBS + "/" + parent).json().path("children").toString())
        .isEqualTo(
            "{\"total\":2,\"more\":false,\"left\":1,\"by_state\":{\"processing\":1,\"cancelled\":1}}");
    assertThat(api.state(parent)).isEqualTo("waiting");
    api.complete(running);
    assertThat(api.state(parent)).isEqualTo("cancelled");
  }

  @Test
  void a_parent_whose_children_have_not_begun_is_cancelled_at_once() {
    long parent = api.enqueue("test.noop");
    api.results.waiting(
        api.claim("test.noop"),
        List.of(NewJob.of("test.child", "{}"), NewJob.of("test.child", "{}")),
        "{}");

    assertThat(status(api.post(JOBS + "/" + parent + "/cancel", null))).isEqualTo("200 cancelled");

    assertThat(api.state(parent)).isEqualTo("cancelled");
  }

  @Test
  void a_cancelled_run_shows_on_its_background_worker() {
    String task = api.post("/api/admin/ingestion/sync", null).json().path("task_id").asText();

    api.post(JOBS + "/" + task + "/cancel", null);

    JsonNode worker = api.get("/api/admin/workers/master-sync").json();
    assertThat(worker.path("last_run_status").asText()).isEqualTo("error");
    assertThat(worker.path("last_run_error").asText()).isEqualTo("cancelled before it ran");
  }
}
