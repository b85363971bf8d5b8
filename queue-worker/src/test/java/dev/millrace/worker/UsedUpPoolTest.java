package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.HandlerPool;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs that need more connections than their queue worker has. */
class UsedUpPoolTest {
  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(15));
  private final HandlerPool pool = millrace.database.handlerPool(1);
  private final CountDownLatch free = new CountDownLatch(1);
  private final CountDownLatch held = new CountDownLatch(1);

  @AfterEach
  void close() {
    free.countDown();
    millrace.close();
    pool.close();
  }

  @Test
  void a_job_waits_for_a_connection_and_runs_once() {
    AtomicInteger begun = new AtomicInteger();
    var unused =
        millrace.worker(
            pool.jdbi(),
            2,
            handler("test.holds", Duration.ofMinutes(1), this::hold),
            handler(
                "test.wants",
                Duration.ofMinutes(1),
                context -> {
                  begun.incrementAndGet();
                  context.inTransaction(handle -> handle.execute("SELECT 1"));
                }));
    long holds = enqueue("test.holds");
    awaitHeld();
    long wants = enqueue("test.wants");
    WorkerFixture.await()
        .until(
            () ->
                millrace.count(
                        "SELECT count(*) FROM millrace.job_logs WHERE job_id = ? AND message LIKE"
                            + " 'waits for a connection%all 1 are in use%'",
                        wants)
                    > 0);
    free.countDown();
    WorkerFixture.await().until(() -> millrace.state(wants).equals("completed"));
    WorkerFixture.await().until(() -> millrace.state(holds).equals("completed"));
    assertThat(begun).hasValue(1);
    assertThat(millrace.count("SELECT attempt FROM millrace.jobs WHERE id = ?", wants))
        .isEqualTo(1);
  }

  @Test
  void a_wait_for_a_connection_ends_at_the_jobs_timeout() {
    var unused =
        millrace.worker(
            pool.jdbi(),
            2,
            handler("test.holds", Duration.ofMinutes(1), this::hold),
            handler(
                "test.wants",
                Duration.ofSeconds(1),
                context -> context.inTransaction(handle -> handle.execute("SELECT 1"))));
    enqueue("test.holds");
    awaitHeld();
    long wants = enqueue("test.wants");
    WorkerFixture.await().until(() -> millrace.state(wants).equals("failed"));
    assertThat(millrace.text("SELECT error FROM millrace.jobs WHERE id = ?", wants))
        .contains("timed out");
  }

  private void hold(JobContext context) {
    context.inTransaction(
        handle -> {
          held.countDown();
          return free.await(1, TimeUnit.MINUTES);
        });
  }

  private long enqueue(String kind) {
    return millrace.client.enqueue(NewJob.of(kind, "{}").withMaxAttempts(1)).jobId();
  }

  private void awaitHeld() {
    WorkerFixture.await().until(() -> held.getCount() == 0);
  }

  private interface Work {
    void in(JobContext context) throws Exception;
  }

  private static JobHandler<?> handler(String name, Duration limit, Work work) {
    @SuppressWarnings("unchecked") // a class literal has no parameters
    JobKind<Map<String, Object>> kind =
        JobKind.of(name, (Class<Map<String, Object>>) (Class<?>) Map.class).withTimeout(limit);
    return new JobHandler<Map<String, Object>>() {
      @Override
      public JobKind<Map<String, Object>> kind() {
        return kind;
      }

      @Override
      public Outcome run(Map<String, Object> payload, JobContext context) throws Exception {
        work.in(context);
        return Outcome.done();
      }
    };
  }
}
