package dev.millrace.worker;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.JobOptions;
import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.job.RetryAfterException;
import dev.millrace.queue.Leases;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Outcomes and claims that Postgres takes late, or not at all: no job may be left without an end.
 */
class OutcomeTest {
  private final WorkerFixture millrace = new WorkerFixture(Leases.LEASE);

  @AfterEach
  void close() {
    millrace.close();
  }

  private static NewJob job(String kind, int number) {
    return NewJob.of(kind, "{\"number\": " + number + "}");
  }

  @Test
  void outcomes_are_recorded_while_log_lines_cannot_be_written() {
    execute("ALTER TABLE millrace.job_logs RENAME TO gone");
    millrace.worker(
        1,
        TestHandler.of(
            "test.tells",
            (number, context) -> {
              context.log("line " + number);
              return Outcome.done();
            }));
    long id = millrace.client.enqueue(job("test.tells", 7)).jobId();
    await().until(() -> millrace.state(id).equals("completed"));
    execute("ALTER TABLE millrace.gone RENAME TO job_logs");
    await()
        .until(
            () ->
                millrace.count(
                        "SELECT count(*) FROM millrace.job_logs WHERE message = 'line 7' AND job_id = ?",
                        id)
                    == 1);
  }

  @Test
  void an_outcome_that_postgres_refuses_fails_its_job_and_no_other() {
    millrace.worker(
        8,
        TestHandler.of(
            "test.says",
            (number, context) ->
                switch (number) {
                  case 1 -> Outcome.done(Map.of("text", "\u0000"));
                  case 2 ->
                      throw new RetryAfterException("busy", Duration.ofSeconds(Long.MAX_VALUE));
                  case 3 -> Outcome.snooze(Duration.ofDays(1_000_000_000));
                  case 4 ->
                      Outcome.waitFor(
                          List.of(
                              NewJob.of("test.says", "no JSON")
                                  .with(JobOptions.NONE.limitedTo(new JobOptions.Limit("l", 1)))),
                          "");
                  default -> Outcome.done();
                }));
    List<Long> ids =
        millrace
            .client
            .enqueueAll(
                List.of(
                    job("test.says", 0),
                    job("test.says", 1),
                    job("test.says", 2),
                    job("test.says", 3),
                    job("test.says", 4),
                    job("test.says", 5)))
            .stream()
            .map(enqueued -> enqueued.jobId())
            .toList();
    await()
        .untilAsserted(
            () ->
                assertThat(ids.stream().map(millrace::state))
                    .containsExactly(
                        "completed", "failed", "failed", "failed", "failed", "completed"));
    assertThat(millrace.text("SELECT error FROM millrace.jobs WHERE id = ?", ids.get(1)))
        .contains("could not be recorded")
        .contains("Unicode");
  }

  @Test
  void a_claim_committed_after_its_timeout_is_handed_back() {
    QueueWorker worker =
        millrace.worker(1, TestHandler.of("test.late", (number, context) -> Outcome.done()));
    long id =
        millrace.count(
            "INSERT INTO millrace.jobs (kind, payload, state, attempt, fence, worker_id, started_at)"
                + " VALUES ('test.late', '{\"number\": 0}', 'processing', 1, nextval('millrace.fence'), ?, now())"
                + " RETURNING id",
            worker.workerId());
    await().until(() -> millrace.state(id).equals("completed"));
    assertThat(millrace.count("SELECT attempt FROM millrace.jobs WHERE id = ?", id)).isOne();
  }

  @Test
  void a_claim_answered_after_the_lease_was_lost_is_not_run() {
    List<Long> ran = new CopyOnWriteArrayList<>();
    QueueWorker worker =
        millrace.worker(
            1,
            TestHandler.of(
                "test.old",
                (number, context) -> {
                  ran.add(context.fence());
                  return Outcome.done();
                }));
    String first = worker.workerId();
    execute(
        "CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NEW; END'");
    execute(
        "CREATE TRIGGER hold_up BEFORE UPDATE ON millrace.jobs FOR EACH ROW"
            + " WHEN (NEW.state = 'processing') EXECUTE FUNCTION hold_up()");
    long id;
    // a connection that the statements below do not use
    try (Handle holder = millrace.jdbi.open()) {
      holder.execute("SELECT pg_advisory_lock(7)");
      id = millrace.client.enqueue(job("test.old", 0)).jobId();
      await().until(() -> heldUp() >= 1);
      millrace.leases.end(first);
      await().until(() -> !worker.workerId().equals(first));
      holder.execute("SELECT pg_advisory_unlock(7)");
    }
    await().until(() -> millrace.state(id).equals("completed"));
    assertThat(ran)
        .containsExactly(millrace.count("SELECT fence FROM millrace.jobs WHERE id = ?", id));
    assertThat(millrace.text("SELECT worker_id FROM millrace.jobs WHERE id = ?", id))
        .isNotEqualTo(first);
  }

  private long heldUp() {
    return millrace.count(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted"
            + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
  }

  @Test
  void a_handler_that_ignores_a_lost_lease_loses_its_thread() {
    CountDownLatch released = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    QueueWorker worker =
        millrace.worker(
            1,
            TestHandler.of(
                "test.deaf",
                (number, context) -> {
                  if (runs.incrementAndGet() == 1) {
                    awaitDeaf(released);
                  }
                  return Outcome.done();
                }));
    long id = millrace.client.enqueue(job("test.deaf", 0)).jobId();
    await().until(() -> runs.get() == 1);
    millrace.leases.end(worker.workerId());
    // longer than the grace for a handler that ignores its stop
    await().atMost(Duration.ofSeconds(60)).until(() -> millrace.state(id).equals("completed"));
    released.countDown();
    assertThat(runs).hasValue(2);
  }

  private static void awaitDeaf(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        // ignores its stop
      }
    }
  }

  private void execute(String sql) {
    millrace.jdbi.useHandle(handle -> handle.execute(sql));
  }
}
