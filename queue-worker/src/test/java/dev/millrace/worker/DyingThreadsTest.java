package dev.millrace.worker;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.queue.Leases;
import dev.millrace.testing.DyingThreads;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thread of a worker that meets an unexpected error: jobs go on, and the status says so. */
class DyingThreadsTest {
  private final WorkerFixture millrace = new WorkerFixture(Leases.LEASE);
  private final DyingThreads threads = DyingThreads.of(millrace.own);

  @AfterEach
  void close() {
    millrace.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"record", "fetch", "heartbeat", "pauses"})
  void jobs_go_on_after_a_thread_of_a_worker_has_died(String thread) {
    QueueWorker worker =
        millrace.worker(2, TestHandler.of("test.plain", (number, context) -> Outcome.done()));
    threads.kill(List.of("millrace-" + thread));
    List<Long> ids =
        IntStream.range(0, 50)
            .mapToObj(number -> millrace.client.enqueue(job("test.plain", number)).jobId())
            .toList();
    await()
        .untilAsserted(
            () -> assertThat(ids).allMatch(id -> millrace.state(id).equals("completed")));
    await()
        .untilAsserted(
            () ->
                assertThat(troubles(worker.workerId()))
                    .containsExactly(
                        "thread "
                            + thread
                            + " died and was restarted, 1 times: "
                            + DyingThreads.REASON));
  }

  private List<String> troubles(String workerId) {
    return millrace.jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT unnest(troubles) FROM millrace.queue_workers WHERE worker_id = ?",
                    workerId)
                .mapTo(String.class)
                .list());
  }

  @Test
  void the_refill_thread_survives_an_error() {
    QueueWorker worker =
        millrace.worker(2, TestHandler.of("test.plain", (number, context) -> Outcome.done()));
    threads.kill(List.of("millrace-refill"));
    millrace.jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO millrace.jobs (kind, payload)"
                    + " SELECT 'test.plain', jsonb_build_object('number', n) FROM generate_series(1, 30000) n"));
    await()
        .untilAsserted(
            () ->
                assertThat(worker.health().troubles())
                    .containsExactly(
                        "thread refill died and was restarted, 1 times: " + DyingThreads.REASON));
    await()
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.jobs WHERE state <> 'completed'")
                    == 0);
  }

  @Test
  void a_job_whose_failure_cannot_be_described_is_retried() {
    AtomicInteger runs = new AtomicInteger();
    QueueWorker worker =
        millrace.worker(
            1,
            TestHandler.of(
                "test.unspeakable",
                (number, context) -> {
                  if (runs.incrementAndGet() == 1) {
                    throw new Unspeakable();
                  }
                  return Outcome.done();
                }));
    long id = millrace.client.enqueue(job("test.unspeakable", 1)).jobId();
    await().until(() -> millrace.state(id).equals("completed"));
    assertThat(worker.health().troubles())
        .singleElement()
        .asString()
        .startsWith("thread executor died and was restarted, 1 times: ");
  }

  /** A thread that asks for its message dies as well. */
  @SuppressWarnings("serial") // never sent anywhere
  private static final class Unspeakable extends RuntimeException {
    @Override
    public String getMessage() {
      throw new StackOverflowError("too deep to say");
    }
  }

  private static NewJob job(String kind, int number) {
    return NewJob.of(kind, "{\"number\": " + number + "}");
  }
}
