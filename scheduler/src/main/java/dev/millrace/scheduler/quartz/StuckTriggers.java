package dev.millrace.scheduler.quartz;

import dev.millrace.db.Sql;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees triggers that Quartz's cluster left in a state which no node changes. It happens when a
 * node that was stopped for a while wakes up during its own recovery; Quartz itself never heals it.
 */
public final class StuckTriggers {
  private static final Logger log = LoggerFactory.getLogger(StuckTriggers.class);
  private static final String LOCK = Sql.of(StuckTriggers.class, "lock");
  private static final String FREE = Sql.of(StuckTriggers.class, "free");

  private final Jdbi jdbi;
  private final Duration after;

  /**
   * Makes the sweeper.
   *
   * @param after how long past its time a trigger counts as stuck, longer than a recovery takes
   */
  public StuckTriggers(Jdbi jdbi, Duration after) {
    this.jdbi = jdbi;
    this.after = after;
  }

  /** Frees them, under Quartz's own lock. Returns their names. */
  public List<String> free() {
    List<String> freed =
        jdbi.inTransaction(
            handle -> {
              handle
                  .createQuery(LOCK)
                  .bind("cluster", QuartzCluster.NAME)
                  .mapTo(Integer.class)
                  .list();
              return handle
                  .createQuery(FREE)
                  .bind("cluster", QuartzCluster.NAME)
                  .bind("afterMillis", after.toMillis())
                  .mapTo(String.class)
                  .list();
            });
    freed.forEach(name -> log.warn("the trigger of {} was stuck and ticks again", name));
    return freed;
  }
}
