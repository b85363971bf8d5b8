package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.job.NewJob;
import dev.millrace.queue.ClaimedJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Many jobs that one call retries, cancels or deletes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BulkJobsTest {
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

  private JsonNode done(String what, String body) {
    Answer answer = api.post(JOBS + "/" + what, body);
    assertThat(answer.status()).as(answer.response().body()).isIn(200, 202);
    return answer.json();
  }

  private long count(String query) {
    return api.jdbi.withHandle(handle -> handle.select(query).mapTo(Long.class).one());
  }

  private long jobs() {
    return count("SELECT count(*) FROM millrace.jobs");
  }

  private List<Long> finished(int count, String kind, String state) {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long id = api.enqueue(kind);
      api.sql(
          "UPDATE millrace.jobs SET state = ?, finished_at = clock_timestamp() - interval '1 day' WHERE id = ?",
          state,
          id);
      ids.add(id);
    }
    return ids;
  }

  private long waitingParent(int children) {
    long parent = api.enqueue("test.noop");
    List<NewJob> all = new ArrayList<>();
    for (int i = 0; i < children; i++) {
      all.add(NewJob.of("test.child", "{}"));
    }
    api.results.waiting(api.claim("test.noop"), all, "{}");
    return parent;
  }

  private static void counted(JsonNode answer, long count, int ids) {
    assertThat(answer.path("dry_run").asBoolean()).isTrue();
    assertThat(answer.path("count").asLong()).isEqualTo(count);
    assertThat(answer.path("complete").asBoolean()).isTrue();
    assertThat(answer.path("job_ids")).hasSize(ids);
  }

  @Test
  void a_dry_run_counts_and_changes_nothing() {
    finished(30, "test.noop", "failed");
    finished(3, "test.child", "completed");
    api.enqueue("test.noop");
    waitingParent(2);
    String before = states();
    long audited = count("SELECT count(*) FROM millrace.audit");

    counted(done("purge", "{\"dry_run\": true}"), 33, 20);
    counted(done("purge", "{\"dry_run\": true, \"state\": \"completed\"}"), 3, 3);
    counted(done("purge", "{\"dry_run\": true, \"older_than_seconds\": 90000}"), 0, 0);
    counted(done("retry", "{\"dry_run\": true, \"kind\": \"test.noop\"}"), 30, 20);
    counted(done("cancel", "{\"dry_run\": true}"), 4, 4);
    counted(done("cancel", "{\"dry_run\": true, \"state\": \"waiting\"}"), 1, 1);
    counted(done("cancel", "{\"dry_run\": true, \"queue\": \"other\"}"), 0, 0);

    assertThat(states()).isEqualTo(before);
    assertThat(count("SELECT count(*) FROM millrace.audit")).isEqualTo(audited);
  }

  private String states() {
    return api.jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT string_agg(id || state || attempt || coalesce(cancel_requested_at::text, ''), ' ' ORDER BY id)"
                        + " FROM millrace.jobs")
                .mapTo(String.class)
                .one());
  }

  @Test
  void a_cancel_ends_what_has_not_begun_and_asks_the_rest_to_stop() {
    long running = api.enqueue("test.noop");
    ClaimedJob claimed = api.claim("test.noop");
    long queued = api.enqueue("test.noop");
    long scheduled =
        api.client.enqueue(NewJob.of("test.noop", "{}").after(Duration.ofHours(1))).jobId();
    long other = api.enqueue("test.other");

    JsonNode answer = done("cancel", "{\"kind\": \"test.noop\", \"reason\": \"a wrong release\"}");

    assertThat(answer.path("cancelled").asInt()).isEqualTo(2);
    assertThat(answer.path("cancelling").asInt()).isOne();
    assertThat(answer.path("left").asInt()).isZero();
    assertThat(answer.path("more").asBoolean()).isFalse();
    assertThat(api.state(queued)).isEqualTo("cancelled");
    assertThat(api.state(scheduled)).isEqualTo("cancelled");
    assertThat(api.state(running)).isEqualTo("processing");
    assertThat(api.state(other)).isEqualTo("queued");
    // those that were asked are not asked again
    assertThat(
            done("cancel", "{\"kind\": \"test.noop\", \"reason\": \"r\"}")
                .path("cancelling")
                .asInt())
        .isZero();
    assertThat(
            count(
                "SELECT count(*) FROM millrace.audit WHERE action = 'job.cancel' AND reason = 'a wrong release'"
                    + " AND target IN ('"
                    + running
                    + "', '"
                    + queued
                    + "', '"
                    + scheduled
                    + "')"))
        .isEqualTo(3);
    assertThat(claimed.id()).isEqualTo(running);
  }

  @Test
  void a_parent_is_cancelled_before_its_children_and_does_not_complete() {
    long parent = waitingParent(3);

    JsonNode answer = done("cancel", "{\"reason\": \"r\"}");

    assertThat(answer.path("cancelled").asInt()).isEqualTo(4);
    assertThat(api.state(parent)).isEqualTo("cancelled");
    assertThat(count("SELECT count(*) FROM millrace.jobs WHERE state = 'cancelled'")).isEqualTo(4);
  }

  @Test
  void a_call_takes_no_more_than_its_limit_and_says_that_there_is_more() {
    for (int i = 0; i < 5; i++) {
      api.enqueue("test.noop");
    }
    JsonNode first = done("cancel", "{\"limit\": 3, \"reason\": \"r\"}");
    assertThat(first.path("cancelled").asInt()).isEqualTo(3);
    assertThat(first.path("more").asBoolean()).isTrue();
    JsonNode second = done("cancel", "{\"limit\": 3, \"reason\": \"r\"}");
    assertThat(second.path("cancelled").asInt()).isEqualTo(2);
    assertThat(second.path("more").asBoolean()).isFalse();
  }

  @Test
  void what_is_younger_than_the_filter_says_stays() {
    long fresh = api.enqueue("test.noop");
    assertThat(
            done("cancel", "{\"older_than_seconds\": 3600, \"reason\": \"r\"}")
                .path("cancelled")
                .asInt())
        .isZero();
    api.sql(
        "UPDATE millrace.jobs SET created_at = created_at - interval '2 hours' WHERE id = ?",
        fresh);
    assertThat(
            done("cancel", "{\"older_than_seconds\": 3600, \"reason\": \"r\"}")
                .path("cancelled")
                .asInt())
        .isOne();
    assertThat(
            done("purge", "{\"older_than_seconds\": 3600, \"reason\": \"r\"}")
                .path("purged")
                .asInt())
        .isZero();
    assertThat(
            done("retry", "{\"state\": \"cancelled\", \"older_than_seconds\": 3600}")
                .path("queued")
                .asInt())
        .isZero();
    assertThat(done("retry", "{\"state\": \"cancelled\"}").path("queued").asInt()).isOne();
  }

  @Test
  void a_purge_deletes_finished_jobs_with_all_that_belongs_to_them_and_no_others() {
    List<Long> gone = finished(3, "test.noop", "failed");
    api.sql(
        "INSERT INTO millrace.job_logs (job_id, attempt, level, message) VALUES (?, 1, 'info', 'm')",
        gone.get(0));
    api.sql(
        "INSERT INTO millrace.job_attempts (job_id, fence, attempt, worker_id, started_at, outcome)"
            + " VALUES (?, 1, 1, 'w', now(), 'failed')",
        gone.get(1));
    List<Long> otherState = finished(1, "test.noop", "completed");
    List<Long> otherKind = finished(1, "test.other", "failed");
    long waiting = waitingParent(1);
    long queued = api.enqueue("test.noop");
    long running = api.enqueue("test.run");
    api.claim("test.run");

    JsonNode answer =
        done("purge", "{\"state\": \"failed\", \"kind\": \"test.noop\", \"reason\": \"too many\"}");

    assertThat(answer.path("purged").asInt()).isEqualTo(3);
    assertThat(answer.path("left").asInt()).isZero();
    assertThat(answer.path("more").asBoolean()).isFalse();
    assertThat(count("SELECT count(*) FROM millrace.job_logs")).isZero();
    assertThat(count("SELECT count(*) FROM millrace.job_attempts WHERE worker_id = 'w'")).isZero();
    gone.forEach(id -> assertThat(api.get(JOBS + "/" + id).status()).isEqualTo(404));
    for (long id : List.of(otherState.get(0), otherKind.get(0), waiting, queued, running)) {
      assertThat(api.get(JOBS + "/" + id).status()).isEqualTo(200);
    }
    JsonNode entry = api.get("/api/admin/audit?action=job.purge&limit=1").json().at("/entries/0");
    assertThat(entry.path("target").asText()).isEqualTo("state=failed kind=test.noop");
    assertThat(entry.path("reason").asText()).isEqualTo("too many");
    assertThat(entry.at("/before/job_ids").toString())
        .isEqualTo("[\"%d\",\"%d\",\"%d\"]".formatted(gone.get(0), gone.get(1), gone.get(2)));
  }

  @Test
  void every_finished_job_goes_page_by_page() {
    finished(7, "test.noop", "completed");
    List<Integer> pages = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = done("purge", "{\"limit\": 3, \"reason\": \"r\"" + cursor + "}");
      pages.add(page.path("purged").asInt());
      assertThat(page.path("more").asBoolean()).isEqualTo(page.path("next_cursor").isTextual());
      cursor = ", \"cursor\": " + page.path("next_cursor");
    } while (!cursor.endsWith("null"));
    assertThat(pages).containsExactly(3, 3, 1);
    assertThat(jobs()).isZero();
  }

  @Test
  void children_go_with_their_parent_and_not_before() {
    long parent = waitingParent(2);
    api.complete(api.claim("test.child"));

    JsonNode early = done("purge", "{\"kind\": \"test.child\", \"reason\": \"r\"}");
    assertThat(early.path("purged").asInt()).isZero();
    assertThat(early.at("/skipped/0/code").asText()).isEqualTo("has_parent");
    assertThat(early.at("/skipped/0/reason").asText()).contains("job " + parent);

    api.complete(api.claim("test.child"));
    JsonNode done = done("purge", "{\"kind\": \"test.noop\", \"reason\": \"r\"}");
    assertThat(done.path("purged").asInt()).isOne();
    assertThat(done.path("children").asInt()).isEqualTo(2);
    assertThat(jobs()).isZero();
  }

  @Test
  void a_family_of_which_a_job_is_at_work_stays() {
    long parent = waitingParent(2);
    api.fail(api.claim("test.child"), "broke");
    ClaimedJob second = api.claim("test.child");
    api.sql(
        "UPDATE millrace.jobs SET state = 'failed', finished_at = clock_timestamp() WHERE id = ?",
        parent);

    JsonNode answer = done("purge", "{\"kind\": \"test.noop\", \"reason\": \"r\"}");

    assertThat(answer.path("purged").asInt()).isZero();
    assertThat(answer.at("/skipped/0/job_id").asText()).isEqualTo(Long.toString(parent));
    assertThat(answer.at("/skipped/0/code").asText()).isEqualTo("family_at_work");
    assertThat(api.state(second.id())).isEqualTo("processing");
  }

  @Test
  void a_job_that_another_transaction_has_locked_stays() {
    long id = finished(1, "test.noop", "failed").get(0);
    api.jdbi.useTransaction(
        handle -> {
          handle.execute("SELECT 1 FROM millrace.jobs WHERE id = ? FOR UPDATE", id);
          JsonNode answer = done("purge", "{\"reason\": \"r\"}");
          assertThat(answer.path("left").asInt()).isOne();
          assertThat(answer.at("/skipped/0/code").asText()).isEqualTo("locked");
        });
    assertThat(done("purge", "{\"reason\": \"r\"}").path("purged").asInt()).isOne();
  }

  @Test
  void a_retry_names_what_it_has_left() {
    NewJob job = NewJob.of("test.noop", "{}").withUniqueKey("one");
    long failed = api.client.enqueue(job).jobId();
    api.fail(api.claim("test.noop"), "broke");
    api.client.enqueue(job);

    JsonNode answer = done("retry", "{\"kind\": \"test.noop\"}");

    assertThat(answer.path("queued").asInt()).isZero();
    assertThat(answer.path("left").asInt()).isOne();
    assertThat(answer.at("/skipped/0/job_id").asText()).isEqualTo(Long.toString(failed));
    assertThat(answer.at("/skipped/0/code").asText()).isEqualTo("unique_key_held");
  }

  @Test
  void a_reason_is_needed_where_nothing_brings_the_jobs_back() {
    api.enqueue("test.noop");
    for (String what : List.of("cancel", "purge")) {
      Answer answer = api.post(JOBS + "/" + what, "{}");
      assertThat(answer.status()).isEqualTo(422);
      assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo("/reason");
      Answer wrong = api.post(JOBS + "/" + what, "{\"state\": \"nothing\", \"limit\": 1001}");
      assertThat(wrong.status()).isEqualTo(422);
      assertThat(wrong.json().path("errors")).hasSize(2);
    }
    assertThat(
            api.post(JOBS + "/purge", "{\"cursor\": \"x\", \"reason\": \"r\"}")
                .json()
                .path("code")
                .asText())
        .isEqualTo("invalid_parameter");
    assertThat(count("SELECT count(*) FROM millrace.jobs WHERE state = 'queued'")).isOne();
  }
}
