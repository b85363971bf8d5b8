package dev.millrace.worker;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.Batch;
import dev.millrace.job.EnqueuedBatch;
import dev.millrace.job.JobKind;
import dev.millrace.job.JobOptions;
import dev.millrace.job.NewJob;
import dev.millrace.job.OnChildFailure;
import dev.millrace.job.Outcome;
import dev.millrace.job.RetryAfterException;
import dev.millrace.job.RetryPolicy;
import dev.millrace.job.RetryPolicy.Shape;
import dev.millrace.job.UnretryableException;
import dev.millrace.queue.Leases;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the queue promises of single jobs and of families, through a real worker. */
class SemanticsTest {
  private final WorkerFixture millrace = new WorkerFixture(Leases.LEASE);

  @AfterEach
  void close() {
    millrace.close();
  }

  private static NewJob job(String kind, int number) {
    return NewJob.of(kind, "{\"number\": " + number + "}");
  }

  private static NewJob job(String kind) {
    return job(kind, 0);
  }

  private static JobKind<TestHandler.Payload> kind(String name) {
    return JobKind.of(name, TestHandler.Payload.class);
  }

  @Test
  void jobs_of_higher_priority_run_first() {
    ConcurrentLinkedQueue<Integer> order = new ConcurrentLinkedQueue<>();
    List<NewJob> jobs =
        IntStream.range(0, 60)
            .mapToObj(i -> job("test.order", i).withPriority(i % 3 == 0 ? 2 : i % 3 == 1 ? 1 : 0))
            .toList();
    millrace.client.enqueueAll(jobs);
    millrace.worker(
        1,
        TestHandler.of(
            "test.order",
            (number, context) -> {
              order.add(number);
              return Outcome.done();
            }));
    await().until(() -> order.size() == 60);
    assertThat(order.stream().map(number -> number % 3).toList())
        .containsExactlyElementsOf(IntStream.range(0, 60).mapToObj(place -> place / 20).toList());
  }

  @Test
  void a_delayed_job_does_not_start_before_its_time() {
    millrace.worker(1, TestHandler.of("test.later", (number, context) -> Outcome.done()));
    long id = millrace.client.enqueue(job("test.later").after(Duration.ofMillis(700))).jobId();
    assertThat(millrace.state(id)).isEqualTo("scheduled");
    await().until(() -> millrace.state(id).equals("completed"));
    assertThat(millrace.text("SELECT started_at >= run_at FROM millrace.jobs WHERE id = ?", id))
        .isEqualTo("t");
  }

  @Test
  void each_retry_shape_has_its_growth() {
    Duration base = Duration.ofMillis(40);
    Map<Shape, List<Integer>> factors =
        Map.of(
            Shape.FIXED, List.of(1, 1, 1),
            Shape.POLYNOMIAL, List.of(1, 4, 9),
            Shape.EXPONENTIAL, List.of(1, 2, 4));
    factors.forEach(
        (shape, expected) -> {
          String name = "test.retry-" + shape.name().toLowerCase(Locale.ROOT);
          millrace.worker(
              1,
              new TestHandler(
                  kind(name)
                      .withMaxAttempts(4)
                      .withRetry(new RetryPolicy(shape, base, Duration.ofSeconds(10))),
                  (number, context) -> {
                    throw new IllegalStateException("broken");
                  }));
          long id = millrace.client.enqueue(job(name).withMaxAttempts(4)).jobId();
          await().until(() -> millrace.state(id).equals("failed"));
          List<Long> gaps =
              millrace.jdbi.withHandle(
                  handle ->
                      handle
                          .select(
                              "SELECT extract(epoch FROM lead(started_at) OVER (ORDER BY attempt) - finished_at) * 1000"
                                  + " FROM millrace.job_attempts WHERE job_id = ? ORDER BY attempt",
                              id)
                          .mapTo(Long.class)
                          .list());
          for (int failures = 1; failures <= 3; failures++) {
            assertThat(gaps.get(failures - 1))
                .as(shape + " after failure " + failures)
                .isGreaterThanOrEqualTo(base.toMillis() * expected.get(failures - 1) / 10 - 1);
          }
        });
  }

  @Test
  void a_job_is_retried_only_within_the_retry_time_of_its_kind() {
    AtomicInteger runs = new AtomicInteger();
    millrace.worker(
        1,
        new TestHandler(
            kind("test.retry-for")
                .withMaxAttempts(1000)
                .withRetry(
                    new RetryPolicy(Shape.FIXED, Duration.ofMillis(200), Duration.ofMillis(200))
                        .upTo(Duration.ofSeconds(1))),
            (number, context) -> {
              runs.incrementAndGet();
              throw new IllegalStateException("broken");
            }));
    long id = millrace.client.enqueue(job("test.retry-for").withMaxAttempts(1000)).jobId();
    await().until(() -> millrace.state(id).equals("failed"));
    assertThat(runs.get()).isBetween(2, 60);
    assertThat(millrace.text("SELECT error FROM millrace.jobs WHERE id = ?", id))
        .contains("broken")
        .contains("the next attempt would begin more than 1 s after the first");
  }

  @Test
  void a_handler_can_choose_the_time_of_its_retry() {
    millrace.worker(
        1,
        TestHandler.of(
            "test.after",
            (number, context) -> {
              if (context.attempt() == 1) {
                throw new RetryAfterException("busy", Duration.ofMillis(900));
              }
              return Outcome.done();
            }));
    long id = millrace.client.enqueue(job("test.after")).jobId();
    await().until(() -> millrace.state(id).equals("completed"));
    assertThat(
            millrace.count(
                "SELECT extract(epoch FROM j.started_at - a.finished_at) * 1000 FROM millrace.jobs j"
                    + " JOIN millrace.job_attempts a ON a.job_id = j.id WHERE j.id = ?",
                id))
        .isGreaterThanOrEqualTo(895);
  }

  @Test
  void a_snooze_does_not_spend_an_attempt() {
    AtomicInteger runs = new AtomicInteger();
    millrace.worker(
        1,
        TestHandler.of(
            "test.snooze",
            (number, context) ->
                runs.incrementAndGet() < 6
                    ? Outcome.snooze(Duration.ofMillis(20))
                    : Outcome.done()));
    long id = millrace.client.enqueue(job("test.snooze").withMaxAttempts(1)).jobId();
    await().until(() -> millrace.state(id).equals("completed"));
    assertThat(millrace.count("SELECT attempt FROM millrace.jobs WHERE id = ?", id)).isOne();
    assertThat(runs).hasValue(6);
  }

  @Test
  void a_result_and_a_capped_log_are_kept() {
    millrace.worker(
        1,
        TestHandler.of(
            "test.tells",
            (number, context) -> {
              for (int i = 0; i < 1_200; i++) {
                context.log("line " + i);
              }
              return Outcome.done(Map.of("rows", 7));
            }));
    long id = millrace.client.enqueue(job("test.tells")).jobId();
    await().until(() -> millrace.state(id).equals("completed"));
    await()
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.job_logs WHERE job_id = ?", id)
                    == 1_001);
    assertThat(millrace.text("SELECT result->>'rows' FROM millrace.jobs WHERE id = ?", id))
        .isEqualTo("7");
    assertThat(
            millrace.text(
                "SELECT message FROM millrace.job_logs WHERE job_id = ? ORDER BY id DESC LIMIT 1",
                id))
        .contains("the rest is dropped");
  }

  @Test
  void a_batch_ends_with_its_last_job_and_calls_back_once() {
    millrace.worker(
        2,
        TestHandler.of(
            "test.member",
            (number, context) -> {
              if (number == 2) {
                throw new UnretryableException("number 2 is bad");
              }
              return Outcome.done();
            }),
        TestHandler.of("test.after-all", (number, context) -> Outcome.done()));
    for (OnChildFailure policy : OnChildFailure.values()) {
      int number = policy == OnChildFailure.FAIL ? 1 : 0;
      EnqueuedBatch batch =
          millrace.client.enqueue(
              new Batch(
                  IntStream.range(0, 5).mapToObj(i -> job("test.member", i)).toList(),
                  policy,
                  Optional.of(job("test.after-all", number))));
      await().until(() -> List.of("completed", "failed").contains(millrace.state(batch.jobId())));
      assertThat(millrace.state(batch.jobId()))
          .isEqualTo(policy == OnChildFailure.FAIL ? "failed" : "completed");
      await()
          .until(
              () ->
                  millrace.count(
                          "SELECT count(*) FROM millrace.jobs WHERE kind = 'test.after-all' AND state = 'completed'"
                              + " AND payload->>'number' = ?",
                          Integer.toString(number))
                      == 1);
    }
  }

  @Test
  void a_parent_that_needs_all_children_fails_with_one_of_them() {
    millrace.worker(
        2,
        TestHandler.of(
            "test.parent",
            (number, context) ->
                Outcome.waitForAllOf(
                    List.of(job("test.child", 1), job("test.child", 2)), Map.of())),
        TestHandler.of(
            "test.child",
            (number, context) -> {
              if (number == 2) {
                throw new UnretryableException("bad");
              }
              return Outcome.done();
            }));
    long id = millrace.client.enqueue(job("test.parent")).jobId();
    await().until(() -> millrace.state(id).equals("failed"));
    assertThat(millrace.text("SELECT error FROM millrace.jobs WHERE id = ?", id))
        .isEqualTo("1 of its children did not complete");
  }

  @Test
  void a_job_is_stopped_at_its_deadline() {
    Semaphore began = new Semaphore(0);
    millrace.worker(
        1,
        new TestHandler(
            kind("test.deadline"),
            (number, context) -> {
              began.release();
              while (true) {
                Thread.sleep(20);
                context.checkStop();
              }
            }));
    long id =
        millrace
            .client
            .enqueue(
                job("test.deadline")
                    .withMaxAttempts(1)
                    .with(JobOptions.NONE.deadline(Instant.now().plusSeconds(2))))
            .jobId();
    await().until(() -> millrace.state(id).equals("failed"));
    assertThat(began.availablePermits()).isPositive();
    assertThat(millrace.text("SELECT error FROM millrace.jobs WHERE id = ?", id))
        .startsWith("timed out");
  }

  @Test
  void a_leading_debounce_runs_the_first_call_at_once_and_the_others_as_one() {
    ConcurrentLinkedQueue<Integer> seen = new ConcurrentLinkedQueue<>();
    millrace.worker(
        1,
        TestHandler.of(
            "test.leading",
            (number, context) -> {
              seen.add(number);
              return Outcome.done();
            }));
    await().until(() -> millrace.count("SELECT count(*) FROM millrace.kinds") > 0);
    JobOptions leading =
        JobOptions.NONE.debounced(
            new JobOptions.Debounce(
                Duration.ofSeconds(1), Duration.ofSeconds(5), JobOptions.Merge.REPLACE, true));
    millrace.client.enqueue(job("test.leading", 1).withUniqueKey("k").with(leading));
    await().until(() -> seen.contains(1));
    for (int i = 2; i <= 9; i++) {
      millrace.client.enqueue(job("test.leading", i).withUniqueKey("k").with(leading));
    }
    await().until(() -> seen.size() == 2);
    assertThat(seen).containsExactly(1, 9);
  }

  @Test
  void a_handler_that_never_stops_loses_its_job_and_its_thread() {
    CountDownLatch released = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    millrace.worker(
        1,
        new TestHandler(
            kind("test.deaf").withTimeout(Duration.ofMillis(300)),
            (number, context) -> {
              if (runs.incrementAndGet() == 1) {
                boolean waiting = true;
                while (waiting) {
                  try {
                    released.await();
                    waiting = false;
                  } catch (InterruptedException e) {
                    // ignores its stop
                  }
                }
              }
              return Outcome.done();
            }));
    long id = millrace.client.enqueue(job("test.deaf")).jobId();
    // longer than the grace for a handler that ignores its stop
    await().atMost(Duration.ofSeconds(60)).until(() -> millrace.state(id).equals("completed"));
    released.countDown();
    assertThat(millrace.text("SELECT error FROM millrace.job_attempts WHERE job_id = ?", id))
        .startsWith("timed out");
    assertThat(millrace.count("SELECT attempt FROM millrace.jobs WHERE id = ?", id)).isEqualTo(2);
  }

  @Test
  void a_child_that_calls_complete_in_completes_its_parent() {
    millrace.worker(
        1,
        TestHandler.of(
            "test.child",
            (number, context) -> {
              boolean recorded =
                  context.inTransaction(handle -> context.completeIn(handle, "early"));
              return Outcome.done(recorded);
            }));
    EnqueuedBatch batch =
        millrace.client.enqueue(
            new Batch(List.of(job("test.child")), OnChildFailure.CONTINUE, Optional.empty()));
    await().until(() -> millrace.state(batch.jobId()).equals("completed"));
    assertThat(
            millrace.text(
                "SELECT result::text FROM millrace.jobs WHERE id = ?", batch.jobs().get(0).jobId()))
        .isEqualTo("false");
  }
}
