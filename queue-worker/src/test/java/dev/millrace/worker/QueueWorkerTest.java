package dev.millrace.worker;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.Enqueued;
import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.job.UnretryableException;
import dev.millrace.lock.JobLocks;
import dev.millrace.queue.Leases;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueueWorkerTest {
  private final WorkerFixture millrace = new WorkerFixture(Leases.LEASE);

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
  void two_workers_run_each_of_5000_jobs_once() {
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
    await().until(() -> completed() == 5_000);
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
  void flushall_during_a_run_loses_no_job() {
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
    await().until(() -> completed() == 3_000);
    assertThat(runs).hasValue(3_000);
  }

  @Test
  void jobs_run_while_redis_is_down_and_use_it_after_its_restart() {
    AtomicBoolean lockedInRedis = new AtomicBoolean();
    QueueWorker worker =
        millrace.worker(
            4,
            TestHandler.of(
                "test.away",
                (number, context) -> {
                  Collection<JobLocks.Held> granted = millrace.locks.tryAll(Set.of("one")).values();
                  millrace.locks.release(List.copyOf(granted));
                  lockedInRedis.set(granted.isEmpty());
                  return Outcome.done();
                }));
    long pid = millrace.redisServer.pid();
    assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
    await().until(() -> !millrace.redisServer.isAlive());
    millrace.client.enqueueAll(jobs("test.away", 500));
    await().until(() -> completed() == 500);
    assertThat(worker.health().troubles()).as("while it is down").isNotEmpty();

    millrace.redisServer.restart();

    await().until(() -> worker.health().troubles().isEmpty());
    await()
        .until(
            () -> {
              lockedInRedis.set(false);
              long id = millrace.client.enqueue(job("test.away").withLockKey("one")).jobId();
              await().until(() -> millrace.state(id).equals("completed"));
              return lockedInRedis.get();
            });
    assertThat(millrace.count("SELECT max(attempt) FROM millrace.jobs")).isEqualTo(1);
  }

  private long completed() {
    return millrace.count("SELECT count(*) FROM millrace.jobs WHERE state = 'completed'");
  }

  @Test
  void jobs_run_while_redis_is_full() {
    millrace.worker(4, TestHandler.of("test.full", (number, context) -> Outcome.done()));
    assertThat(millrace.redis.client().configSet("maxmemory", "100kb")).isEqualTo("OK");
    millrace.client.enqueueAll(jobs("test.full", 500));
    await().until(() -> completed() == 500);
    assertThat(millrace.count("SELECT max(attempt) FROM millrace.jobs")).isEqualTo(1);
  }

  @Test
  void a_failing_job_is_retried_and_keeps_the_error_of_each_attempt() {
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
  void an_unretryable_failure_or_an_invalid_payload_fails_at_once() {
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
  void a_cancel_stops_the_running_statement_of_a_job() {
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
  void a_stopping_worker_hands_its_jobs_back_without_spending_an_attempt() throws Exception {
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
    // a third child at once has room only in the other worker
    CountDownLatch three = new CountDownLatch(3);
    TestHandler parent =
        TestHandler.of(
            "test.parent",
            (number, context) -> Outcome.waitFor(jobs("test.child", 20), Map.of("children", 20)));
    TestHandler child =
        TestHandler.of(
            "test.child",
            (number, context) -> {
              three.countDown();
              three.await(20, TimeUnit.SECONDS);
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
  void jobs_with_the_same_lock_key_never_run_at_the_same_time() {
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
    await().until(() -> completed() == 40);
    assertThat(most).hasValue(1);
  }

  @Test
  void a_failed_claim_releases_its_locks() {
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
  void a_worker_that_lost_its_lease_registers_under_a_new_worker_id() {
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
