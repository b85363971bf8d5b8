package dev.millrace.worker;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.Enqueued;
import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.job.StaleFenceException;
import dev.millrace.job.UnretryableException;
import dev.millrace.queue.Leases;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QueueWorkerTest {
  private final WorkerFixture millrace = new WorkerFixture(Leases.LEASE);

  @BeforeEach
  void table() {
    millrace.jdbi.useHandle(handle -> handle.execute("CREATE TABLE effect (number integer)"));
  }

  @AfterEach
  void close() {
    millrace.close();
  }

  private static List<NewJob> jobs(String kind, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> NewJob.of(kind, "{\"number\": " + i + "}"))
        .toList();
  }

  private static NewJob job(String kind) {
    return jobs(kind, 1).get(0);
  }

  @Test
  void every_job_runs_once_and_is_recorded_however_many_workers_there_are() {
    Map<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
    TestHandler handler =
        TestHandler.of(
            "test.count",
            (number, context) -> {
              runs.computeIfAbsent(number, key -> new AtomicInteger()).incrementAndGet();
              return Outcome.done();
            });
    millrace.worker(4, handler);
    millrace.worker(4, handler);
    millrace.client.enqueueAll(jobs("test.count", 5_000));
    await()
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.jobs WHERE state = 'completed'")
                    == 5_000);
    assertThat(runs).hasSize(5_000).allSatisfy((number, times) -> assertThat(times).hasValue(1));
  }

  @Test
  void a_worker_runs_plain_jobs_without_a_statement_of_jdbi() {
    Queue<String> statements = new ConcurrentLinkedQueue<>();
    millrace.own.setSqlLogger(
        new SqlLogger() {
          @Override
          public void logBeforeExecution(StatementContext context) {
            String thread = Thread.currentThread().getName();
            if (thread.startsWith("millrace-") && !thread.endsWith("leader")) {
              statements.add(thread + ": " + context.getRawSql());
            }
          }
        });
    millrace.worker(4, TestHandler.of("test.plain", (number, context) -> Outcome.done()));
    millrace.client.enqueueAll(jobs("test.plain", 100));
    await()
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.jobs WHERE state = 'completed'")
                    == 100);
    assertThat(statements).isEmpty();
  }

  @Test
  void flushall_in_the_middle_of_a_run_loses_nothing() {
    AtomicInteger runs = new AtomicInteger();
    millrace.worker(
        4,
        TestHandler.of(
            "test.flush",
            (number, context) -> {
              if (runs.incrementAndGet() % 500 == 0) {
                millrace.redis.send(jedis -> jedis.flushAll());
              }
              return Outcome.done();
            }));
    millrace.client.enqueueAll(jobs("test.flush", 3_000));
    await()
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.jobs WHERE state = 'completed'")
                    == 3_000);
    assertThat(runs).hasValue(3_000);
  }

  @Test
  void work_goes_on_without_redis_and_with_it_again() {
    millrace.worker(4, TestHandler.of("test.away", (number, context) -> Outcome.done()));
    int port = millrace.redisServer.port();
    assertThat(port).isPositive();
    millrace.redisServer.close();
    millrace.client.enqueueAll(jobs("test.away", 500));
    await()
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.jobs WHERE state = 'completed'")
                    == 500);
  }

  @Test
  void work_goes_on_while_redis_is_full() {
    millrace.worker(4, TestHandler.of("test.full", (number, context) -> Outcome.done()));
    assertThat(millrace.redis.client().configSet("maxmemory", "100kb")).isEqualTo("OK");
    millrace.client.enqueueAll(jobs("test.full", 500));
    await()
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.jobs WHERE state = 'completed'")
                    == 500);
    assertThat(millrace.count("SELECT max(attempt) FROM millrace.jobs")).isEqualTo(1);
  }

  @Test
  void a_failing_job_is_retried_and_then_fails_with_its_errors_kept() {
    millrace.worker(
        1,
        TestHandler.of(
            "test.fail",
            (number, context) -> {
              throw new IllegalStateException("broken at attempt " + context.attempt());
            }));
    long id = millrace.client.enqueue(job("test.fail")).jobId();
    await().until(() -> millrace.state(id).equals("failed"));
    List<String> errors =
        millrace.jdbi.withHandle(
            handle ->
                handle
                    .select(
                        "SELECT error FROM millrace.job_attempts WHERE job_id = ? ORDER BY fence",
                        id)
                    .mapTo(String.class)
                    .list());
    assertThat(errors)
        .containsExactly(
            "IllegalStateException: broken at attempt 1",
            "IllegalStateException: broken at attempt 2",
            "IllegalStateException: broken at attempt 3");
  }

  @Test
  void an_unretryable_failure_and_a_payload_that_does_not_fit_fail_at_once() {
    millrace.worker(
        1,
        TestHandler.of(
            "test.never",
            (number, context) -> {
              throw new UnretryableException("no use");
            }));
    Enqueued unretryable = millrace.client.enqueue(job("test.never"));
    Enqueued unfit =
        millrace.client.enqueue(NewJob.of("test.never", "{\"number\": 1, \"numbr\": 1}"));
    await()
        .until(
            () ->
                millrace.state(unretryable.jobId()).equals("failed")
                    && millrace.state(unfit.jobId()).equals("failed"));
    assertThat(millrace.text("SELECT error FROM millrace.jobs WHERE id = ?", unfit.jobId()))
        .contains("unknown field 'numbr'");
    assertThat(millrace.count("SELECT max(attempt) FROM millrace.jobs")).isEqualTo(1);
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
  void a_job_that_completes_in_its_transaction_has_ended_whatever_its_handler_does_then() {
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
  void an_end_whose_transaction_is_rolled_back_has_not_come() {
    millrace.worker(
        1,
        TestHandler.of(
            "test.undone",
            (number, context) ->
                context.inTransaction(
                    handle -> {
                      handle.execute("INSERT INTO effect VALUES (?)", context.attempt());
                      boolean unused = context.completeIn(handle, "first");
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
                      boolean unused = context.completeIn(handle, context.attempt());
                      return Outcome.done();
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

  @Test
  void a_cancelled_job_is_stopped_in_the_middle_of_its_statement() {
    millrace.worker(
        1,
        TestHandler.of(
            "test.cancel",
            (number, context) ->
                context.inTransaction(
                    handle -> {
                      handle.execute("SELECT pg_sleep(60)");
                      return Outcome.done();
                    })));
    long id = millrace.client.enqueue(job("test.cancel")).jobId();
    await().until(() -> millrace.state(id).equals("processing"));
    millrace.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET cancel_requested_at = clock_timestamp() WHERE id = ?",
                id));
    await().atMost(Duration.ofSeconds(20)).until(() -> millrace.state(id).equals("cancelled"));
    assertThat(
            millrace.count(
                "SELECT count(*) FROM pg_stat_activity"
                    + " WHERE state = 'active' AND query = 'SELECT pg_sleep(60)'"))
        .isZero();
  }

  @Test
  void a_stopping_worker_hands_back_with_the_attempt_not_spent() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    TestHandler slow =
        TestHandler.of(
            "test.stop",
            (number, context) -> {
              running.countDown();
              new CountDownLatch(1).await(60, TimeUnit.SECONDS);
              return Outcome.done();
            });
    QueueWorker worker = millrace.worker(1, slow);
    long id = millrace.client.enqueue(job("test.stop")).jobId();
    assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
    worker.close();
    assertThat(millrace.state(id)).isEqualTo("queued");
    assertThat(millrace.count("SELECT attempt FROM millrace.jobs WHERE id = ?", id)).isZero();
    assertThat(
            millrace.text(
                "SELECT state FROM millrace.queue_workers WHERE worker_id = ?", worker.workerId()))
        .isEqualTo("stopped");
  }

  @Test
  void children_run_on_all_workers_and_finish_their_parent() {
    TestHandler parent =
        TestHandler.of(
            "test.parent",
            (number, context) -> Outcome.waitFor(jobs("test.child", 20), Map.of("children", 20)));
    TestHandler child =
        TestHandler.of(
            "test.child",
            (number, context) -> {
              new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
              context.progress(number, 20, "child");
              context.log("child " + number);
              return Outcome.done(Map.of("number", number));
            });
    millrace.worker(2, parent, child);
    millrace.worker(2, parent, child);
    long id = millrace.client.enqueue(job("test.parent")).jobId();
    await().until(() -> millrace.state(id).equals("completed"));
    assertThat(
            millrace.count(
                "SELECT count(DISTINCT worker_id) FROM millrace.jobs WHERE parent_id = ?", id))
        .isEqualTo(2);
    await().until(() -> millrace.count("SELECT count(*) FROM millrace.job_logs") == 20);
    assertThat(millrace.text("SELECT result->>'children' FROM millrace.jobs WHERE id = ?", id))
        .isEqualTo("20");
  }

  @Test
  void jobs_with_one_lock_key_run_one_after_the_other_and_all_of_them() {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    TestHandler handler =
        TestHandler.of(
            "test.lock",
            (number, context) -> {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
              inside.decrementAndGet();
              return Outcome.done();
            });
    millrace.worker(4, handler);
    millrace.worker(4, handler);
    millrace.client.enqueueAll(
        jobs("test.lock", 40).stream().map(job -> job.withLockKey("one")).toList());
    await()
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.jobs WHERE state = 'completed'")
                    == 40);
    assertThat(most).hasValue(1);
  }

  @Test
  void a_claim_that_fails_lets_go_of_its_locks() {
    millrace.jdbi.useHandle(
        handle ->
            handle
                .createScript(
                    """
                    CREATE SEQUENCE public.claims_of_one;
                    CREATE FUNCTION public.fail_the_first() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                      IF nextval('public.claims_of_one') = 1 THEN RAISE 'this claim fails'; END IF;
                      RETURN NEW;
                    END $$;
                    CREATE TRIGGER fail_the_first BEFORE UPDATE ON millrace.jobs FOR EACH ROW
                      WHEN (NEW.state = 'processing' AND NEW.kind = 'test.claimed-twice')
                      EXECUTE FUNCTION public.fail_the_first();
                    """)
                .execute());
    millrace.worker(1, TestHandler.of("test.claimed-twice", (number, context) -> Outcome.done()));
    long id =
        millrace.client.enqueue(jobs("test.claimed-twice", 1).get(0).withLockKey("two")).jobId();
    await().until(() -> millrace.state(id).equals("completed"));
    assertThat(millrace.text("SELECT last_value::text FROM public.claims_of_one")).isEqualTo("2");
    millrace.jdbi.useHandle(
        handle -> handle.execute("DROP TRIGGER fail_the_first ON millrace.jobs"));
  }

  @Test
  void a_worker_that_lost_its_lease_begins_a_new_life() {
    QueueWorker worker =
        millrace.worker(1, TestHandler.of("test.life", (number, context) -> Outcome.done()));
    String first = worker.workerId();
    millrace.leases.end(first);
    await().until(() -> !worker.workerId().equals(first));
    long id = millrace.client.enqueue(job("test.life")).jobId();
    await().until(() -> millrace.state(id).equals("completed"));
    assertThat(millrace.text("SELECT worker_id FROM millrace.jobs WHERE id = ?", id))
        .isEqualTo(worker.workerId());
  }
}
