package dev.millrace.scheduler;

import dev.millrace.db.Sql;
import dev.millrace.queue.Calls;
import java.time.Duration;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The election of one leader: a lease in {@code millrace.leader} by the database's clock. The node
 * counts its lease from before its statement, so that it stops before another node begins.
 * Thread-safe.
 */
final class Leadership {
  private static final Logger log = LoggerFactory.getLogger(Leadership.class);
  private static final String RENEW = Sql.of(Leadership.class, "renew");
  private static final String RESIGN = Sql.of(Leadership.class, "resign");

  private final Jdbi jdbi;
  private final String node;
  private final Duration lease;
  private volatile boolean granted;
  private volatile long until;

  Leadership(Jdbi jdbi, String node, Duration lease) {
    this.jdbi = jdbi;
    this.node = node;
    this.lease = lease;
  }

  /** Whether this node's lease is valid by its own clock. */
  boolean held() {
    return granted && System.nanoTime() - until < 0;
  }

  /**
   * Takes or renews the lease unless another node holds it; returns the pause before the next try.
   */
  Duration renew() {
    long asked = System.nanoTime();
    boolean now =
        Calls.withHandle(
            jdbi,
            handle ->
                handle
                    .createQuery(RENEW)
                    .bind("node", node)
                    .bind("leaseMillis", lease.toMillis())
                    .mapTo(Boolean.class)
                    .one());
    until = asked + lease.toNanos();
    if (now != granted) {
      granted = now;
      log.info(now ? "node {} leads" : "node {} leads no more", node);
    }
    return now ? lease.multipliedBy(3).dividedBy(10) : lease.dividedBy(5);
  }

  /** Resigns, so that another node can lead before the lease has ended. */
  void resign() {
    granted = false;
    Calls.withHandle(jdbi, handle -> handle.createUpdate(RESIGN).bind("node", node).execute());
  }
}
