package dev.millrace.scheduler;

import dev.millrace.db.Sql;
import dev.millrace.queue.Lane;
import dev.millrace.stats.StatsQueue;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to jobs that wait where no queue worker claims: stats jobs are moved, of others the log
 * tells, once when it begins and once when it is over. For one thread.
 */
final class UnservedLanes {
  private static final Logger log = LoggerFactory.getLogger(UnservedLanes.class);
  private static final String LANES = Sql.of(UnservedLanes.class, "lanes");

  private final Jdbi jdbi;
  private final StatsQueue stats;
  private Set<Lane> known = Set.of();

  UnservedLanes(Jdbi jdbi) {
    this.jdbi = jdbi;
    this.stats = new StatsQueue(jdbi);
  }

  void look() {
    stats.rehome();
    List<Lane> lanes =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(LANES)
                    .map((row, context) -> new Lane(row.getString(1), row.getString(2)))
                    .list());
    lanes.stream()
        .filter(lane -> !known.contains(lane))
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
    known.stream()
        .filter(lane -> !lanes.contains(lane))
        .forEach(lane -> log.info("{} jobs wait no longer in queue {}", lane.kind(), lane.queue()));
    known = Set.copyOf(lanes);
  }
}
