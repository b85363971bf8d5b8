package dev.millrace.drills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.db.HandlerPool;
import dev.millrace.drills.child.EffectHandler;
import dev.millrace.drills.child.EffectPayload;
import dev.millrace.drills.proxy.PostgresProxy;
import dev.millrace.drills.testbed.BareServices;
import dev.millrace.job.JobClient;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.worker.Handlers;
import dev.millrace.worker.QueueWorker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** A queue worker behind a network that holds everything back. */
class SelfAbortTest {
  private static final int IN_A_STATEMENT = 6;
  private static final int WITHOUT = 3;
  private static final Duration LEASE = Duration.ofSeconds(10);

  @Test
  void a_worker_that_cannot_renew_stops_all_its_jobs_before_its_lease_ends() throws Exception {
    CountDownLatch running = new CountDownLatch(IN_A_STATEMENT + WITHOUT);
    BlockingQueue<Boolean> leaseWhenStopped = new LinkedBlockingQueue<>();
    try (BareServices services = BareServices.open();
        PostgresProxy proxy = new PostgresProxy(services.postgresPort());
        Database database = Database.open(services.behind(proxy), "cut off", 20);
        HandlerPool handlerPool = database.handlerPool(IN_A_STATEMENT + WITHOUT)) {
      JobHandler<EffectPayload> handler = new Busy(running, services.jdbi(), leaseWhenStopped);
      QueueWorker worker = worker(services, database, handlerPool.jdbi(), handler);
      worker.start();
      JobClient client =
          new QueueClient(services.database(), services.redis(), new ReadyJobs(services.redis()));
      for (int i = 0; i < IN_A_STATEMENT + WITHOUT; i++) {
        EffectPayload payload = new EffectPayload(i, 0, 0, 0, false);
        assertThat(client.enqueue(NewJob.of(handler.kind(), payload)).created()).isTrue();
      }
      assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
      proxy.hold();
      for (int i = 0; i < WITHOUT; i++) {
        assertThat(leaseWhenStopped.poll(60, TimeUnit.SECONDS)).as("has its lease").isTrue();
      }
      proxy.release();
      worker.close();
    }
  }

  private static QueueWorker worker(
      BareServices services, Database database, Jdbi work, JobHandler<?> handler) {
    Jdbi jdbi = database.jdbi();
    ReadyJobs ready = new ReadyJobs(services.redis());
    return new QueueWorker(
        new QueueWorker.Settings(
            "cut-off", NewJob.DEFAULT_QUEUE, IN_A_STATEMENT + WITHOUT, Duration.ZERO, LEASE),
        new QueueWorker.Services(
            jdbi,
            work,
            ready,
            new JobResults(jdbi, new QueueClient(database, services.redis(), ready)),
            services.locks(),
            new ProgressBoard(services.redis())),
        new Handlers(List.of(handler)));
  }

  /**
   * Most of its jobs wait for Postgres, some wait for nothing; these report when they were stopped.
   */
  private record Busy(CountDownLatch running, Jdbi direct, BlockingQueue<Boolean> leaseWhenStopped)
      implements JobHandler<EffectPayload> {
    @Override
    public JobKind<EffectPayload> kind() {
      return EffectHandler.kind("drill.busy").withTimeout(Duration.ofMinutes(5));
    }

    @Override
    public Outcome run(EffectPayload payload, JobContext context) throws Exception {
      if (payload.number() < IN_A_STATEMENT) {
        return context.inTransaction(
            handle -> {
              running.countDown();
              handle.execute("SELECT pg_sleep(60)");
              return Outcome.done();
            });
      }
      running.countDown();
      try {
        Thread.sleep(Duration.ofMinutes(2).toMillis());
      } catch (InterruptedException e) {
        leaseWhenStopped.add(hasLease(context.jobId()));
        throw e;
      }
      return Outcome.done();
    }

    private boolean hasLease(long jobId) {
      return direct.withHandle(
          handle ->
              handle
                  .select(
                      "SELECT w.lease_until > clock_timestamp() FROM millrace.queue_workers w"
                          + " JOIN millrace.jobs j USING (worker_id) WHERE j.id = ?",
                      jobId)
                  .mapTo(Boolean.class)
                  .one());
    }
  }
}
