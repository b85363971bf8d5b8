package dev.millrace.worker;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import dev.millrace.health.Health;
import dev.millrace.job.NewJob;
import dev.millrace.queue.Leases;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The lease of a worker that holds one attempt, without its threads. */
class WorkerLeaseTest {
  private static final Duration LEASE = Duration.ofSeconds(4);
  private static final String BLOCKED_BY =
      "SELECT count(*) FROM pg_stat_activity WHERE ? = ANY (pg_blocking_pids(pid))";
  private static final String LEASE_UNTIL =
      "SELECT lease_until::text FROM millrace.queue_workers WHERE worker_id = ?";

  private final WorkerFixture millrace = new WorkerFixture(LEASE);
  private final HeldJobs held = new HeldJobs(1, millrace.locks);

  /** Its statements may wait for longer than the lease. */
  private final Database database =
      Database.open(DatabaseUrl.parse(millrace.jdbcUrl()), "test", 2, Limits.LONG);

  @AfterEach
  void close() {
    database.close();
    millrace.close();
  }

  @Test
  void a_renewal_in_time_keeps_the_worker_id() {
    WorkerLease lease = begun(Duration.ofMinutes(10));
    String workerId = lease.workerId();
    Attempt attempt = hold(workerId);
    String before = millrace.text(LEASE_UNTIL, workerId);

    lease.heartbeat();

    assertThat(lease.workerId()).isEqualTo(workerId);
    assertThat(lease.held()).isTrue();
    assertThat(millrace.text(LEASE_UNTIL, workerId)).isNotEqualTo(before);
    assertThat(attempt.stopped()).isNull();
  }

  @Test
  void a_renewal_after_the_local_deadline_loses_the_lease() throws Exception {
    WorkerLease lease = begun(LEASE);
    String workerId = lease.workerId();
    Attempt attempt = hold(workerId);

    CompletableFuture<Void> renewal = grantedAfterTheDeadline(lease);
    renewal.get(1, TimeUnit.MINUTES);

    assertThat(millrace.text(LEASE_UNTIL, workerId)).as("renewed").isNotEqualTo("infinity");
    assertThat(attempt.stopped()).isEqualTo(Attempt.Stop.LEASE_LOST);
    assertThat(lease.workerId()).isNotEqualTo(workerId);
    assertThat(lease.held()).as("the new incarnation").isTrue();
    assertThat(lease.held(workerId)).as("the old incarnation").isFalse();
  }

  @Test
  void a_heartbeat_stops_the_jobs_that_were_cancelled() {
    WorkerLease lease = begun(Duration.ofMinutes(10));
    Attempt cancelled = hold(lease.workerId());
    Attempt other = hold(lease.workerId());
    millrace.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET cancel_requested_at = clock_timestamp() WHERE id = ?",
                cancelled.jobId()));

    lease.heartbeat();

    assertThat(cancelled.stopped()).isEqualTo(Attempt.Stop.CANCELLED);
    assertThat(other.stopped()).isNull();
  }

  private WorkerLease begun(Duration time) {
    WorkerLease lease =
        new WorkerLease(
            new Leases(database.jdbi(), time),
            new Leases.Registration(
                "", "w", "here", 1, List.of(NewJob.DEFAULT_QUEUE), List.of("test.claimed"), 1),
            held,
            new Health());
    lease.heartbeat();
    return lease;
  }

  private Attempt hold(String workerId) {
    Attempt attempt = millrace.claimed(workerId);
    assertThat(held.add(List.of(attempt))).hasSize(1);
    return attempt;
  }

  /** The renewal waits for the worker's row for as long as the lease is. */
  private CompletableFuture<Void> grantedAfterTheDeadline(WorkerLease lease) {
    return millrace.jdbi.inTransaction(
        holder -> {
          holder.execute(
              "UPDATE millrace.queue_workers SET lease_until = 'infinity' WHERE worker_id = ?",
              lease.workerId());
          int pid = holder.select("SELECT pg_backend_pid()").mapTo(Integer.class).one();
          CompletableFuture<Void> renewal = CompletableFuture.runAsync(lease::heartbeat);
          await().until(() -> millrace.count(BLOCKED_BY, pid) == 1);
          long blocked = System.nanoTime();
          await().until(() -> System.nanoTime() - blocked > LEASE.toNanos());
          assertThat(lease.held()).isFalse();
          return renewal;
        });
  }
}
