package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.lock.JobLocks;
import dev.millrace.queue.Claims;
import dev.millrace.queue.Leases;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs that may have killed their process are run alone. */
class SuspectsTest {
  private static final Duration LEASE = Duration.ofSeconds(2);

  private final WorkerFixture millrace = new WorkerFixture(LEASE);

  @AfterEach
  void close() {
    millrace.close();
  }

  private static NewJob job(String kind, int number) {
    return NewJob.of(kind, "{\"number\": " + number + "}").withMaxAttempts(25);
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(50));
  }

  @Test
  void a_job_that_kills_its_process_costs_others_one_attempt() throws Exception {
    long killer = millrace.client.enqueue(job(MortalProcess.KILLS, 300)).jobId();
    List<NewJob> harmless =
        new ArrayList<>(Collections.nCopies(100, job(MortalProcess.HARMLESS, 20)));
    harmless.addAll(Collections.nCopies(7, job(MortalProcess.HARMLESS, 600)));
    millrace.client.enqueueAll(harmless);

    int deaths = 0;
    Process process = start();
    try {
      while (!millrace.state(killer).equals("failed")) {
        if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
          assertThat(process.exitValue()).isEqualTo(137);
          assertThat(++deaths).isLessThanOrEqualTo(3);
          process = start();
        }
      }
      await()
          .until(
              () ->
                  millrace.count("SELECT count(*) FROM millrace.jobs WHERE state = 'completed'")
                      == harmless.size());
    } finally {
      process.destroyForcibly();
      process.waitFor(10, TimeUnit.SECONDS);
    }

    assertThat(deaths).isEqualTo(3);
    assertThat(
            millrace.count(
                "SELECT count(DISTINCT worker_id) FROM millrace.job_attempts WHERE job_id <> ?",
                killer))
        .isEqualTo(1);
    assertThat(
            millrace.count("SELECT count(*) FROM millrace.job_attempts WHERE job_id <> ?", killer))
        .isPositive();
    assertThat(millrace.count("SELECT max(attempt) FROM millrace.jobs WHERE id <> ?", killer))
        .isEqualTo(2);
    assertThat(millrace.text("SELECT error FROM millrace.jobs WHERE id = ?", killer))
        .contains("3 processes in a row have ended while they ran it");
  }

  private Process start() throws IOException {
    return MortalProcess.start(millrace.jdbcUrl(), millrace.redisUrl(), LEASE);
  }

  @Test
  void a_suspect_runs_alone_on_a_busy_queue() {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicBoolean alone = new AtomicBoolean(true);
    AtomicInteger suspects = new AtomicInteger();
    AtomicBoolean busy = new AtomicBoolean(true);
    millrace.client.enqueueAll(
        IntStream.range(0, 40_000).mapToObj(i -> job("test.other", i)).toList());
    millrace.worker(
        4,
        TestHandler.of(
            "test.other",
            (number, context) -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              if (busy.get()) {
                Thread.sleep(20);
              }
              running.decrementAndGet();
              return Outcome.done();
            }),
        TestHandler.of(
            "test.suspect",
            (number, context) -> {
              Thread.sleep(200); // time to claim other jobs meanwhile
              alone.compareAndSet(true, running.get() == 0);
              suspects.incrementAndGet();
              return Outcome.done();
            }));
    await().until(() -> most.get() == 4);
    makeSuspects(3);

    await().until(() -> suspects.get() == 3);
    assertThat(alone).isTrue();
    assertThat(millrace.count("SELECT count(*) FROM millrace.jobs WHERE state = 'queued'"))
        .as("the queue was busy all the time")
        .isPositive();
    long doneBefore = done();
    await().until(() -> done() > doneBefore);
    busy.set(false);
    await()
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.jobs WHERE finished_at IS NULL")
                    == 0);
  }

  private long done() {
    return millrace.count(
        "SELECT count(*) FROM millrace.jobs WHERE kind = 'test.other' AND state = 'completed'");
  }

  @Test
  void many_suspects_of_an_idle_worker_do_not_wait_for_the_next_scan() {
    AtomicInteger running = new AtomicInteger();
    AtomicBoolean alone = new AtomicBoolean(true);
    millrace.worker(
        4,
        TestHandler.of(
            "test.suspect",
            (number, context) -> {
              alone.compareAndSet(true, running.incrementAndGet() == 1);
              running.decrementAndGet();
              return Outcome.done();
            }));
    makeSuspects(100);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20)) // with 500 ms between two it would take 50 s
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.jobs WHERE state = 'completed'")
                    == 100);
    assertThat(alone).isTrue();
  }

  @Test
  void a_suspect_that_waits_for_a_long_job_leaves_others_half_of_the_time() {
    makeSuspects(1);
    millrace.leases.register(
        new Leases.Registration(
            "w", "w", "host", 1, List.of("default"), List.of("test.suspect"), 2));
    HeldJobs held = new HeldJobs(2, millrace.locks);
    assertThat(held.add(List.of(millrace.claimed("w")))).hasSize(1);
    AtomicLong clock = new AtomicLong();
    Suspects suspects =
        new Suspects(
            new Claims(millrace.own),
            millrace.leases,
            "default",
            List.of("test.suspect"),
            held,
            clock::get);
    await().until(this::waits);

    int steps = 3_000;
    int kept = 0;
    for (int i = 0; i < steps; i++) {
      if (suspects.due()) {
        millrace.leases.renew("w", false);
        assertThat(suspects.next("w", true)).isEmpty();
      }
      kept += suspects.keepOut() ? 1 : 0;
      clock.addAndGet(Duration.ofMillis(200).toNanos());
    }
    assertThat(kept).isBetween(steps / 3, steps * 55 / 100);
  }

  /** Whether the suspect has waited for 1 s. */
  private boolean waits() {
    return millrace.count(
            "SELECT count(*) FROM millrace.jobs WHERE run_at < clock_timestamp() - interval '1 second'")
        == 1;
  }

  @Test
  void a_suspect_whose_lock_is_held_does_not_block_others() {
    makeSuspects(6);
    millrace.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET lock_key = 'k' || id, run_at = run_at - interval '1 second' WHERE id < (SELECT max(id) FROM millrace.jobs)"));
    Set<String> keys =
        Set.copyOf(
            millrace.jdbi.withHandle(
                handle ->
                    handle
                        .select("SELECT lock_key FROM millrace.jobs WHERE lock_key IS NOT NULL")
                        .mapTo(String.class)
                        .list()));
    Map<String, JobLocks.Held> held = millrace.locks.tryAll(keys);
    assertThat(held).hasSize(5);
    millrace.worker(2, TestHandler.of("test.suspect", (number, context) -> Outcome.done()));
    await().until(() -> completed() == 1);
    millrace.locks.release(List.copyOf(held.values()));
    await().until(() -> completed() == 6);
  }

  private long completed() {
    return millrace.count("SELECT count(*) FROM millrace.jobs WHERE state = 'completed'");
  }

  /** Makes them before a worker can claim them. */
  private void makeSuspects(int count) {
    millrace.jdbi.useTransaction(
        handle -> {
          handle.execute(
              "INSERT INTO millrace.kinds (kind) VALUES ('test.suspect') ON CONFLICT DO NOTHING");
          handle.execute(
              "SELECT millrace.enqueue('test.suspect', '{\"number\": 0}') FROM generate_series(1, ?)",
              count);
          handle.execute("UPDATE millrace.jobs SET processes_lost = 1 WHERE kind = 'test.suspect'");
        });
  }
}
