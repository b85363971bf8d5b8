package dev.millrace.stats;

import dev.millrace.db.Sql;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where stats jobs and cache invalidations go when no queue is named: kept in Postgres, so that the
 * API, the schedule and SQL agree. Thread-safe.
 */
public final class StatsQueue {
  private static final Logger log = LoggerFactory.getLogger(StatsQueue.class);
  private static final String ANOTHER = Sql.of(StatsQueue.class, "another");
  private static final String CHANGE = Sql.of(StatsQueue.class, "change");
  private static final String REHOME = Sql.of(StatsQueue.class, "rehome");

  private final Jdbi jdbi;

  public StatsQueue(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Has them go to a queue from now on. Those that wait in the one before are moved.
   *
   * @param queue {@code QUEUE_NAME}
   */
  public void set(String queue) {
    Optional<Integer> moved =
        jdbi.inTransaction(
            handle ->
                handle
                    .createQuery(ANOTHER)
                    .bind("queue", queue)
                    .mapTo(String.class)
                    .findOne()
                    .map(before -> change(handle, before, queue)));
    moved.ifPresent(
        count ->
            log.info("stats jobs go to queue {} from now on, {} waiting ones too", queue, count));
  }

  /** How many jobs were moved. */
  private static int change(Handle handle, String before, String queue) {
    return handle.createUpdate(CHANGE).bind("before", before).bind("queue", queue).execute();
  }

  /**
   * The leader's duty: moves jobs that wait in this queue, or in the default one, and that nobody
   * claims, to a queue whose workers run them. A queue that was named by hand is left alone.
   *
   * @param most how long it may take; fails when that is over
   * @return how many, at most a thousand
   */
  public int rehome(Duration most) {
    List<String> moved =
        jdbi.inTransaction(
            handle -> {
              handle.execute("SET LOCAL statement_timeout = " + most.toMillis());
              return handle.createQuery(REHOME).mapTo(String.class).list();
            });
    if (!moved.isEmpty()) {
      log.warn(
          "{} stats jobs waited where no queue worker claims and were moved to queue {}:"
              + " set QUEUE_NAME alike for the API and the workers of stats jobs",
          moved.size(),
          moved.get(0));
    }
    return moved.size();
  }
}
