package dev.millrace.drills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.drills.proxy.PostgresProxy;
import dev.millrace.drills.testbed.BareServices;
import dev.millrace.job.JobClient;
import dev.millrace.job.NewJob;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.scheduler.Scheduler;
import dev.millrace.scheduler.SchedulerSettings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The connections stay open, and nothing comes through them any more. */
class SilentNetworkTest {
  /** The driver's limit for a silent server, a back-off and a machine that is busy. */
  private static final Duration BOUND = Duration.ofSeconds(40);

  @Test
  void every_loop_of_a_scheduler_and_an_enqueue_get_over_it_in_time() throws Exception {
    try (BareServices services = BareServices.open();
        PostgresProxy proxy = new PostgresProxy(services.postgresPort());
        Database database = Database.open(services.behind(proxy), "silent", 20);
        Scheduler node =
            new Scheduler(
                new Scheduler.Parts(
                    database,
                    services.redis(),
                    services.locks(),
                    "silent",
                    SchedulerSettings.DEFAULT))) {
      JobClient client =
          new QueueClient(database, services.redis(), new ReadyJobs(services.redis()));
      node.start();
      await(node::leads);
      execute(
          services,
          "INSERT INTO background_workers (worker_name, interval_seconds, kind, overlap_policy)"
              + " VALUES ('ticks', 1, 'test.noop', 'allow')");
      await(() -> fires(services) > 2);

      proxy.silence();
      String silent = text(services, "SELECT clock_timestamp()::text");
      CompletableFuture<Long> enqueued =
          CompletableFuture.supplyAsync(() -> client.enqueue(NewJob.of("test.noop", "{}")).jobId());
      execute(
          services,
          "INSERT INTO background_workers (worker_name, interval_seconds, kind)"
              + " VALUES ('new', 3600, 'test.noop')");

      await(
          () ->
              text(
                      services,
                      "SELECT bool_and(checked_in_at > '%s'::timestamptz + interval '1 s')::text"
                              .formatted(silent)
                          + " FROM millrace.scheduler_nodes")
                  .equals("true"));
      await(
          () ->
              text(
                      services,
                      "SELECT (next_run_at IS NOT NULL)::text FROM background_workers"
                          + " WHERE worker_name = 'new'")
                  .equals("true"));
      await(node::leads);
      long before = fires(services);
      await(() -> fires(services) > before + 2);
      // the call ends: with a job, or with the failure of the connection it was sent through
      assertThat(enqueued.handle((id, failure) -> true).get(BOUND.toSeconds(), TimeUnit.SECONDS))
          .isTrue();
    }
  }

  private static long fires(BareServices services) {
    return Long.parseLong(
        text(services, "SELECT count(*)::text FROM millrace.fires WHERE schedule = 'ticks'"));
  }

  private static void execute(BareServices services, String sql) {
    services.jdbi().useHandle(handle -> handle.execute(sql));
  }

  private static String text(BareServices services, String sql) {
    return services.jdbi().withHandle(handle -> handle.createQuery(sql).mapTo(String.class).one());
  }

  private static void await(BooleanSupplier state) {
    long until = System.nanoTime() + BOUND.toNanos();
    while (!state.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within " + BOUND).isLessThan(until);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }
}
