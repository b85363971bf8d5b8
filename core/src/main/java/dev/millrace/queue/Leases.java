package dev.millrace.queue;

import dev.millrace.db.Sql;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/**
 * The leases of queue workers, by the database's clock. A lease covers all jobs of a process; once
 * ended it is never renewed, the process registers anew under another worker id.
 */
public final class Leases {
  /** How long a worker that says nothing keeps its jobs. */
  public static final Duration LEASE = Duration.ofSeconds(10);

  /** How often it says something. */
  public static final Duration HEARTBEAT = Duration.ofMillis(2500);

  private static final String REGISTER = Sql.of(Leases.class, "register");
  private static final String RENEW = Sql.of(Leases.class, "renew");
  private static final String END = Sql.of(Leases.class, "end");
  private static final String CANCELLED = Sql.of(Leases.class, "cancelled");

  private final Jdbi jdbi;
  private final Duration lease;

  public Leases(Jdbi jdbi, Duration lease) {
    this.jdbi = jdbi;
    this.lease = lease;
  }

  /**
   * A process that is about to claim.
   *
   * @param workerId new for every lease
   * @param name the part that stays, {@code WORKER_ID}
   */
  public record Registration(
      String workerId,
      String name,
      String host,
      long pid,
      List<String> queues,
      List<String> kinds,
      int concurrency) {
    public Registration {
      queues = List.copyOf(queues);
      kinds = List.copyOf(kinds);
    }
  }

  public void register(Registration worker) {
    int unused =
        Calls.withHandle(
            jdbi,
            handle ->
                handle
                    .createUpdate(REGISTER)
                    .bind("workerId", worker.workerId())
                    .bind("name", worker.name())
                    .bind("host", worker.host())
                    .bind("pid", worker.pid())
                    .bindArray("queues", String.class, worker.queues())
                    .bindArray("kinds", String.class, worker.kinds())
                    .bind("concurrency", worker.concurrency())
                    .bind("leaseMillis", lease.toMillis())
                    .execute());
  }

  /**
   * Renews the lease from now.
   *
   * @param draining whether the worker claims no more
   * @return false when the lease has ended: its jobs belong to the rescuer
   */
  public boolean renew(String workerId, boolean draining) {
    return Calls.withHandle(
            jdbi,
            handle ->
                handle
                    .createUpdate(RENEW)
                    .bind("workerId", workerId)
                    .bind("leaseMillis", lease.toMillis())
                    .bind("state", draining ? "draining" : "running")
                    .execute())
        == 1;
  }

  /**
   * Gives the lease up: the worker holds no job any more, or wants the rescuer to take what it
   * holds.
   */
  public void end(String workerId) {
    int unused =
        Calls.withHandle(
            jdbi, handle -> handle.createUpdate(END).bind("workerId", workerId).execute());
  }

  /** The jobs of this worker that someone wants stopped. */
  public List<Long> cancelled(String workerId) {
    return Calls.withHandle(
        jdbi,
        handle ->
            handle.createQuery(CANCELLED).bind("workerId", workerId).mapTo(Long.class).list());
  }

  public Duration lease() {
    return lease;
  }
}
