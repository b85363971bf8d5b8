package dev.millrace.worker;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.db.Limits;
import dev.millrace.health.Health;
import dev.millrace.job.NewJob;
import dev.millrace.queue.Leases;
import dev.millrace.testing.TestServices;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The lease of a worker, without the worker. */
class WorkerLeaseTest {
  private static final Duration LEASE = Duration.ofSeconds(4);
  private static final String BLOCKED_BY =
      "SELECT count(*) FROM pg_stat_activity WHERE ? = ANY (pg_blocking_pids(pid))";
  private static final String LEASE_UNTIL =
      "SELECT lease_until::text FROM millrace.queue_workers WHERE worker_id = ?";

  private final Database database =
      Database.open(TestServices.freshDatabase(), "test", 4, Limits.LONG);
  private final Jdbi jdbi = database.jdbi();
  private final AtomicInteger losses = new AtomicInteger();

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void a_renewal_in_time_keeps_the_life() {
    WorkerLease lifeline = begun(Duration.ofMinutes(10));
    String life = lifeline.workerId();
    String before = text(LEASE_UNTIL, life);

    lifeline.heartbeat();

    assertThat(lifeline.workerId()).isEqualTo(life);
    assertThat(lifeline.held()).isTrue();
    assertThat(text(LEASE_UNTIL, life)).isNotEqualTo(before);
    assertThat(losses).hasValue(0);
  }

  @Test
  void a_renewal_that_is_granted_after_the_trust_ended_loses_the_lease_once() throws Exception {
    WorkerLease lifeline = begun(LEASE);
    String life = lifeline.workerId();

    CompletableFuture<Void> renewal = grantedAfterTheTrustEnded(lifeline);
    renewal.get(1, TimeUnit.MINUTES);

    assertThat(text(LEASE_UNTIL, life)).as("granted").isNotEqualTo("infinity");
    assertThat(losses).hasValue(1);
    assertThat(lifeline.workerId()).isNotEqualTo(life);
    assertThat(lifeline.held()).as("the new life").isTrue();
  }

  private WorkerLease begun(Duration lease) {
    WorkerLease lifeline =
        new WorkerLease(
            new Leases(jdbi, lease),
            new Leases.Registration(
                "", "w", "here", 1, List.of(NewJob.DEFAULT_QUEUE), List.of("test.noop"), 1),
            new WorkerLease.Consumers(losses::incrementAndGet, cancelled -> {}),
            new Health());
    lifeline.heartbeat();
    return lifeline;
  }

  /** The renewal waits for the worker's row for as long as the lease is. */
  private CompletableFuture<Void> grantedAfterTheTrustEnded(WorkerLease lifeline) {
    return jdbi.inTransaction(
        holder -> {
          holder.execute(
              "UPDATE millrace.queue_workers SET lease_until = 'infinity' WHERE worker_id = ?",
              lifeline.workerId());
          int pid = holder.select("SELECT pg_backend_pid()").mapTo(Integer.class).one();
          CompletableFuture<Void> renewal = CompletableFuture.runAsync(lifeline::heartbeat);
          await().until(() -> text(BLOCKED_BY, pid).equals("1"));
          long blocked = System.nanoTime();
          await().until(() -> System.nanoTime() - blocked > LEASE.toNanos());
          assertThat(lifeline.held()).isFalse();
          return renewal;
        });
  }

  private String text(String sql, Object argument) {
    return jdbi.withHandle(handle -> handle.select(sql, argument).mapTo(String.class).one());
  }
}
