package dev.millrace.worker;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.queue.Pauses;
import dev.millrace.testing.HeldTransaction;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A queue worker while another transaction has locked a row, or while all threads are busy. */
class LockedRowTest {
  private static final NewJob NOOP = NewJob.of("test.noop", "{\"number\": 1}");

  private final WorkerFixture fixture = new WorkerFixture(Duration.ofSeconds(10));

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void an_outcome_with_a_locked_row_delays_no_other() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    fixture.worker(
        1,
        TestHandler.of(
            "test.held",
            (number, context) -> {
              runs.incrementAndGet();
              context.log("one");
              began.countDown();
              go.await();
              context.log("two");
              return Outcome.done();
            }),
        noop());
    long held = fixture.client.enqueue(NewJob.of("test.held", "{\"number\": 1}")).jobId();
    assertThat(began.await(30, TimeUnit.SECONDS)).isTrue();
    try (Handle stranger = stranger(held)) {
      go.countDown();
      enqueue(300);
      await().until(() -> unfinished() == 1);
      assertThat(fixture.state(held)).isEqualTo("processing");
      stranger.rollback();
    }
    await().until(() -> fixture.state(held).equals("completed"));
    assertThat(runs).hasValue(1);
    await()
        .until(
            () ->
                fixture
                    .text(
                        "SELECT coalesce(string_agg(message, ',' ORDER BY id), '') FROM millrace.job_logs")
                    .equals("one,two"));
  }

  @Test
  void children_of_a_locked_parent_delay_no_other_outcome() {
    fixture.worker(
        2,
        TestHandler.of(
            "test.parent",
            (number, context) -> Outcome.waitFor(Collections.nCopies(40, NOOP), "{}")),
        noop());
    Pauses pauses = new Pauses(fixture.jdbi);
    assertThat(pauses.pause(Pauses.ALL, "test.noop", "a test", "to begin together")).isTrue();
    long parent = fixture.client.enqueue(NewJob.of("test.parent", "{\"number\": 1}")).jobId();
    await().until(() -> fixture.state(parent).equals("waiting"));
    try (Handle stranger = stranger(parent)) {
      assertThat(pauses.resume(Pauses.ALL, "test.noop")).isTrue();
      enqueue(300);
      await().until(() -> unfinished() == 41);
      assertThat(fixture.state(parent)).isEqualTo("waiting");
      stranger.rollback();
    }
    await().until(() -> fixture.state(parent).equals("completed"));
    assertThat(fixture.count("SELECT max(attempt) FROM millrace.jobs")).isOne();
  }

  @Test
  void no_jobs_are_prefetched_while_all_threads_are_busy() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    fixture.worker(
        2,
        TestHandler.of(
            "test.held",
            (number, context) -> {
              go.await();
              return Outcome.done();
            }),
        noop());
    enqueue(500); // after these it prefetches
    await().until(() -> unfinished() == 0);
    NewJob slow = NewJob.of("test.held", "{\"number\": 1}").withPriority(1);
    fixture.client.enqueueAll(List.of(slow, slow));
    enqueue(500);
    await()
        .during(Duration.ofMillis(2_500))
        .until(
            () ->
                fixture.count("SELECT count(*) FROM millrace.jobs WHERE state = 'processing'")
                    == 2);
    go.countDown();
    await().until(() -> unfinished() == 0);
    assertThat(
            fixture.count(
                "SELECT coalesce(max(times), 0) FROM (SELECT count(*) AS times FROM millrace.job_attempts"
                    + " WHERE outcome = 'handed_back' GROUP BY job_id) handed_back"))
        .isLessThanOrEqualTo(1);
  }

  @Test
  void a_job_claimed_again_under_the_same_fence_after_a_failover_runs_once() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    fixture.worker(
        2,
        TestHandler.of(
            "test.held",
            (number, context) -> {
              runs.incrementAndGet();
              began.countDown();
              go.await();
              return Outcome.done();
            }));
    long held = fixture.client.enqueue(NewJob.of("test.held", "{\"number\": 1}")).jobId();
    assertThat(began.await(30, TimeUnit.SECONDS)).isTrue();
    fixture.jdbi.useTransaction(
        handle -> { // a standby without the claim
          handle.execute(
              "SELECT setval('millrace.fence', fence, false) FROM millrace.jobs WHERE id = ?",
              held);
          handle.execute(
              "UPDATE millrace.jobs SET state = 'queued', attempt = 0, fence = 0, worker_id = NULL WHERE id = ?",
              held);
        });
    await().until(() -> fixture.state(held).equals("processing"));
    go.countDown();
    await().until(() -> fixture.state(held).equals("completed"));
    assertThat(runs).hasValue(1);
    assertThat(fixture.count("SELECT count(*) FROM millrace.job_attempts")).isZero();
  }

  private TestHandler noop() {
    return TestHandler.of("test.noop", (number, context) -> Outcome.done());
  }

  private void enqueue(int jobs) {
    fixture.client.enqueueAll(Collections.nCopies(jobs, NOOP));
  }

  private long unfinished() {
    return fixture.count("SELECT count(*) FROM millrace.jobs WHERE finished_at IS NULL");
  }

  private Handle stranger(long jobId) {
    Handle handle = fixture.jdbi.open();
    HeldTransaction.begin(handle);
    handle.execute("SELECT 1 FROM millrace.jobs WHERE id = ? FOR UPDATE", jobId);
    return handle;
  }
}
