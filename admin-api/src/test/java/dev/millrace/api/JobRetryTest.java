package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.job.NewJob;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.Lane;
import dev.millrace.queue.ReadyJob;
import dev.millrace.queue.ReadyJobs;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Jobs that are run again by hand. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JobRetryTest {
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

  @Test
  void a_failed_job_is_retried_with_one_more_attempt() {
    long id = api.client.enqueue(NewJob.of("test.noop", "{}").withMaxAttempts(1)).jobId();
    api.fail(api.claim("test.noop"), "broke");

    assertThat(status(api.post(JOBS + "/" + id + "/retry", null))).isEqualTo("202 queued");

    ClaimedJob again = api.claim("test.noop");
    assertThat(again.id()).isEqualTo(id);
    assertThat(again.attempt()).isEqualTo(2);
    assertThat(again.maxAttempts()).isEqualTo(2);
    assertThat(api.complete(again)).isTrue();
    assertThat(api.post(JOBS + "/" + id + "/retry", null).status()).isEqualTo(409);
  }

  @Test
  void a_retry_sends_its_hint_at_once() {
    ReadyJobs ready = new ReadyJobs(api.redis);
    List<Lane> lanes = List.of(new Lane("retried", "test.noop"));
    long id = api.client.enqueue(NewJob.of("test.noop", "{}").inQueue("retried")).jobId();
    assertThat(ready.await(lanes, Duration.ofSeconds(2))).isPresent();
    api.post(JOBS + "/" + id + "/cancel", null);

    api.post(JOBS + "/" + id + "/retry", null);

    assertThat(ready.await(lanes, Duration.ofSeconds(2)).map(ReadyJob::jobId)).contains(id);
  }

  @Test
  void a_retry_whose_unique_key_is_taken_names_the_holder() {
    NewJob job = NewJob.of("test.noop", "{}").withUniqueKey("one");
    long failed = api.client.enqueue(job).jobId();
    api.fail(api.claim("test.noop"), "broke");
    long holder = api.client.enqueue(job).jobId();

    Answer answer = api.post(JOBS + "/" + failed + "/retry", null);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().path("job_id").asText()).isEqualTo(Long.toString(holder));
    assertThat(api.state(failed)).isEqualTo("failed");
  }

  @Test
  void a_parent_that_still_waits_counts_a_retried_child_again() {
    long parent = api.enqueue("test.noop");
    api.results.waiting(
        api.claim("test.noop"),
        List.of(NewJob.of("test.child", "{}"), NewJob.of("test.child", "{}")),
        "{}");
    ClaimedJob child = api.claim("test.child");
    api.fail(child, "broke");
    api.post(JOBS + "/" + child.id() + "/retry", null);

    api.complete(api.claim("test.child"));
    assertThat(api.state(parent)).isEqualTo("waiting");
    api.complete(api.claim("test.child"));
    assertThat(api.state(parent)).isEqualTo("completed");
  }

  @Test
  void a_parent_is_not_retried_while_a_child_of_its_last_run_is_at_work() {
    long parent = api.enqueue("test.noop");
    api.results.waiting(api.claim("test.noop"), List.of(NewJob.of("test.child", "{}")), "{}");
    ClaimedJob child = api.claim("test.child");
    api.fail(child, "broke");
    api.sql("UPDATE millrace.jobs SET state = 'failed' WHERE id = ?", parent);
    api.post(JOBS + "/" + child.id() + "/retry", null);

    assertThat(api.post(JOBS + "/" + parent + "/retry", null).status()).isEqualTo(409);

    api.complete(api.claim("test.child"));
    assertThat(api.post(JOBS + "/" + parent + "/retry", null).status()).isEqualTo(202);
  }

  private String status(Answer answer) {
    return answer.status() + " " + answer.json().path("status").asText();
  }
}
