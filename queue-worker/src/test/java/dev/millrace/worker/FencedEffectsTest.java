package dev.millrace.worker;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.job.StaleFenceException;
import dev.millrace.queue.Leases;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a handler writes in its transactions commits only while its attempt is the newest. */
class FencedEffectsTest {
  private final WorkerFixture millrace = new WorkerFixture(Leases.LEASE);

  @BeforeEach
  void table() {
    millrace.jdbi.useHandle(handle -> handle.execute("CREATE TABLE effect (number integer)"));
  }

  @AfterEach
  void close() {
    millrace.close();
  }

  private static NewJob job(String kind) {
    return NewJob.of(kind, "{\"number\": 0}");
  }

  @Test
  void a_stale_attempt_cannot_commit_its_effect() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch rescued = new CountDownLatch(1);
    AtomicBoolean refused = new AtomicBoolean();
    millrace.worker(
        2,
        TestHandler.of(
            "test.stale",
            (number, context) -> {
              if (context.attempt() > 1) {
                return context.inTransaction(
                    handle -> {
                      handle.execute("INSERT INTO effect VALUES (?)", context.attempt());
                      return Outcome.done();
                    });
              }
              try {
                return context.inTransaction(
                    handle -> {
                      handle.execute("INSERT INTO effect VALUES (?)", context.attempt());
                      inside.countDown();
                      assertThat(rescued.await(20, TimeUnit.SECONDS)).isTrue();
                      return Outcome.done();
                    });
              } catch (StaleFenceException e) {
                refused.set(true);
                throw e;
              }
            }));
    long id = millrace.client.enqueue(job("test.stale")).jobId();
    assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
    millrace.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET state = 'queued', run_at = clock_timestamp() WHERE id = ?",
                id));
    await().until(() -> millrace.state(id).equals("completed"));
    rescued.countDown();
    await().untilTrue(refused);
    assertThat(millrace.count("SELECT count(*) FROM effect")).isEqualTo(1);
    assertThat(millrace.count("SELECT number FROM effect")).isEqualTo(2);
  }

  @Test
  void a_job_completed_in_its_transaction_ignores_a_later_failure() {
    millrace.worker(
        1,
        TestHandler.of(
            "test.end",
            (number, context) -> {
              boolean recorded =
                  context.inTransaction(
                      handle -> {
                        handle.execute("INSERT INTO effect VALUES (?)", context.attempt());
                        return context.completeIn(handle, Map.of("done", context.attempt()));
                      });
              throw new IllegalStateException("recorded: " + recorded);
            }));
    long id = millrace.client.enqueue(job("test.end")).jobId();
    await().until(() -> millrace.state(id).equals("completed"));
    await().until(() -> millrace.count("SELECT count(*) FROM effect") == 1);
    assertThat(millrace.text("SELECT result->>'done' FROM millrace.jobs WHERE id = ?", id))
        .isEqualTo("1");
    assertThat(
            millrace.count(
                "SELECT count(*) FROM millrace.jobs j JOIN effect e ON e.xmin = j.xmin WHERE j.id = ? AND error IS NULL",
                id))
        .isEqualTo(1);
  }

  @Test
  void a_rolled_back_completion_does_not_count() {
    millrace.worker(
        1,
        TestHandler.of(
            "test.undone",
            (number, context) ->
                context.inTransaction(
                    handle -> {
                      handle.execute("INSERT INTO effect VALUES (?)", context.attempt());
                      assertThat(context.completeIn(handle, "first")).isTrue();
                      if (context.attempt() == 1) {
                        throw new IllegalStateException("after its end");
                      }
                      return Outcome.done();
                    })));
    long id = millrace.client.enqueue(job("test.undone")).jobId();
    await().until(() -> millrace.state(id).equals("completed"));
    assertThat(millrace.count("SELECT attempt FROM millrace.jobs WHERE id = ?", id)).isEqualTo(2);
    assertThat(millrace.count("SELECT number FROM effect")).isEqualTo(2);
  }

  @Test
  void a_stale_attempt_cannot_complete_its_job() {
    AtomicBoolean refused = new AtomicBoolean();
    millrace.worker(
        2,
        TestHandler.of(
            "test.late",
            (number, context) -> {
              try {
                return context.inTransaction(
                    handle -> {
                      handle.execute("INSERT INTO effect VALUES (?)", context.attempt());
                      if (context.attempt() == 1) {
                        try (Handle other = millrace.jdbi.open()) {
                          other.execute(
                              "UPDATE millrace.jobs SET state = 'queued' WHERE id = ?",
                              context.jobId());
                        }
                      }
                      return Outcome.done(context.completeIn(handle, context.attempt()));
                    });
              } catch (StaleFenceException e) {
                refused.set(true);
                throw e;
              }
            }));
    long id = millrace.client.enqueue(job("test.late")).jobId();
    await().until(() -> millrace.state(id).equals("completed"));
    assertThat(refused).isTrue();
    assertThat(millrace.count("SELECT result::bigint FROM millrace.jobs WHERE id = ?", id))
        .isEqualTo(2);
    assertThat(millrace.count("SELECT number FROM effect")).isEqualTo(2);
  }
}
