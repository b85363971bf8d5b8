package dev.millrace.scheduler;

import dev.millrace.db.Sql;
import dev.millrace.db.SqlStates;
import dev.millrace.queue.Lane;
import dev.millrace.queue.ScanPace;
import dev.millrace.stats.StatsQueue;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds jobs in queues where no queue worker claims: stats jobs are moved, other kinds are logged
 * once when they are found and once when they are gone. For one thread, but for {@link #known}.
 */
final class UnservedLanes {
  private static final Logger log = LoggerFactory.getLogger(UnservedLanes.class);
  private static final String LANES = Sql.of(UnservedLanes.class, "lanes");

  /** The most lanes that are logged one by one in one run. */
  private static final int MOST_TOLD = 20;

  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final Jdbi jdbi;
  private static final Duration CHEAP = Duration.ofMillis(50);

  private final StatsQueue stats;
  private final ScanPace pace;
  private volatile Set<Lane> known = Set.of();

  UnservedLanes(Jdbi jdbi) {
    this(jdbi, new ScanPace(CHEAP));
  }

  /** For tests. */
  UnservedLanes(Jdbi jdbi, ScanPace pace) {
    this.jdbi = jdbi;
    this.pace = pace;
    this.stats = new StatsQueue(jdbi);
  }

  /** What the last check found. */
  Set<Lane> known() {
    return known;
  }

  /** Pauses in proportion to the cost of the last run. */
  void check() {
    if (!pace.due()) {
      return;
    }
    long asked = System.nanoTime();
    try {
      stats.rehome(LONGEST);
      log(lanes());
      pace.took(Duration.ofNanos(System.nanoTime() - asked));
    } catch (JdbiException e) {
      if (!SqlStates.isStatementTimeout(e)) {
        throw e;
      }
      pace.took(LONGEST);
      log.warn(
          "the lanes without a queue worker could not be looked for in {} s: a transaction that is"
              + " open for long keeps the index entries of ended jobs",
          LONGEST.toSeconds());
    }
  }

  private List<Lane> lanes() {
    return jdbi.inTransaction(
        handle -> {
          handle.execute("SET LOCAL statement_timeout = " + LONGEST.toMillis());
          return handle
              .createQuery(LANES)
              .map((row, context) -> new Lane(row.getString(1), row.getString(2)))
              .list();
        });
  }

  private void log(List<Lane> lanes) {
    List<Lane> begun = lanes.stream().filter(lane -> !known.contains(lane)).toList();
    begun.stream()
        .limit(MOST_TOLD)
        .forEach(
            lane ->
                log.atWarn()
                    .addKeyValue("queue", lane.queue())
                    .addKeyValue("kind", lane.kind())
                    .log(
                        "{} jobs wait in queue {}, and no queue worker there runs them"
                            + " (see QUEUE_NAME, DISABLE_MV_WORKER)",
                        lane.kind(),
                        lane.queue()));
    logOthers(begun.size(), "jobs wait in {} more lanes that no queue worker serves");
    Set<Lane> now = Set.copyOf(lanes);
    List<Lane> over = known.stream().filter(lane -> !now.contains(lane)).toList();
    over.stream()
        .limit(MOST_TOLD)
        .forEach(lane -> log.info("{} jobs wait no longer in queue {}", lane.kind(), lane.queue()));
    logOthers(over.size(), "jobs wait no longer in {} more lanes");
    known = now;
  }

  private static void logOthers(int lanes, String what) {
    if (lanes > MOST_TOLD) {
      log.warn(what, lanes - MOST_TOLD);
    }
  }
}
