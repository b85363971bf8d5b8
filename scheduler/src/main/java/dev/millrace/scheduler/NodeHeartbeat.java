package dev.millrace.scheduler;

import dev.millrace.db.Sql;
import dev.millrace.health.Health;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes this node's heartbeat and its clock skew to Postgres. A skewed clock delays or advances
 * the fires of this node; the slots do not depend on it. For one thread at a time.
 */
final class NodeHeartbeat {
  private static final Logger log = LoggerFactory.getLogger(NodeHeartbeat.class);
  private static final String NOW = Sql.of(NodeHeartbeat.class, "now");
  private static final String UPSERT = Sql.of(NodeHeartbeat.class, "upsert");
  private static final String LEAVE = Sql.of(NodeHeartbeat.class, "leave");
  private static final Duration PERIOD = Duration.ofSeconds(2);

  /** The largest skew that Quartz documents for a cluster. */
  private static final Duration WORTH_A_WARNING = Duration.ofSeconds(1);

  private final Jdbi jdbi;
  private final String node;
  private final InstantSource clock;
  private final Health health;
  private boolean warned;

  NodeHeartbeat(Jdbi jdbi, String node, InstantSource clock, Health health) {
    this.jdbi = jdbi;
    this.node = node;
    this.clock = clock;
    this.health = health;
  }

  /** Sends one heartbeat and returns the pause before the next. */
  Duration send() {
    Duration skew =
        jdbi.withHandle(
            handle -> {
              Instant asked = clock.instant();
              Instant theirs = handle.createQuery(NOW).mapTo(Instant.class).one();
              Instant answered = clock.instant();
              Instant ours = asked.plus(Duration.between(asked, answered).dividedBy(2));
              Duration off = Duration.between(theirs, ours);
              handle
                  .createUpdate(UPSERT)
                  .bind("node", node)
                  .bind("host", host())
                  .bind("pid", ProcessHandle.current().pid())
                  .bind("skewMillis", off.toMillis())
                  .bindArray("troubles", String.class, health.troubles())
                  .execute();
              return off;
            });
    warn(skew);
    return PERIOD;
  }

  private void warn(Duration skew) {
    boolean off = skew.abs().compareTo(WORTH_A_WARNING) > 0;
    if (off && !warned) {
      log.warn(
          "the clock of node {} is {} ms {} that of Postgres; its fires come that much too {}",
          node,
          skew.abs().toMillis(),
          skew.isNegative() ? "behind" : "ahead of",
          skew.isNegative() ? "late" : "early");
    }
    warned = off;
  }

  /** Removes the node's row: the node stops. */
  void leave() {
    jdbi.useHandle(handle -> handle.createUpdate(LEAVE).bind("node", node).execute());
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
