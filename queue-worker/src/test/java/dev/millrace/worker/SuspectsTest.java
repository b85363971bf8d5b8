package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs that may have killed their process are run by themselves. */
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
  void a_job_that_kills_its_process_takes_others_along_only_once() throws Exception {
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
  void a_suspect_gets_its_turn_on_a_busy_queue_and_nothing_runs_beside_it() {
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
              Thread.sleep(200); // time for others to be claimed beside it
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
  void many_suspects_of_an_idle_worker_do_not_wait_for_looks() {
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
        .atMost(Duration.ofSeconds(20)) // 50 s, were there half a second between two
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.jobs WHERE state = 'completed'")
                    == 100);
    assertThat(alone).isTrue();
  }

  /** Before anybody may claim them. */
  private void makeSuspects(int count) {
    millrace.jdbi.useTransaction(
        handle -> {
          handle.execute(
              "SELECT millrace.enqueue('test.suspect', '{\"number\": 0}') FROM generate_series(1, ?)",
              count);
          handle.execute("UPDATE millrace.jobs SET processes_lost = 1 WHERE kind = 'test.suspect'");
        });
  }
}
