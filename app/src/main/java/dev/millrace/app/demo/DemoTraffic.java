package dev.millrace.app.demo;

import dev.millrace.db.Sql;
import dev.millrace.health.Health;
import dev.millrace.health.PeriodicTask;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The traffic while the demo serves: parts are traded, items move through the factory, people vote.
 * It pauses for 25 s of each 75 s, so that the views become fresh. Ends with {@link #close}.
 */
public final class DemoTraffic implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DemoTraffic.class);
  private static final String STEP = Sql.of(DemoTraffic.class, "step");
  private static final Duration PACE = Duration.ofSeconds(1);
  private static final int BUSY_SECONDS = 50;
  private static final int CYCLE_SECONDS = 75;
  private static final int MAX_JOBS = 12;

  private final Jdbi jdbi;
  private final PeriodicTask seconds;
  private int second;

  private DemoTraffic(Jdbi jdbi, Health health) {
    this.jdbi = jdbi;
    this.seconds = new PeriodicTask("demo-traffic", health, PACE, this::next);
  }

  /**
   * Begins.
   *
   * @param health of the process, for troubles of its thread
   */
  public static DemoTraffic start(Jdbi jdbi, Health health) {
    DemoTraffic traffic = new DemoTraffic(jdbi, health);
    traffic.seconds.start();
    return traffic;
  }

  private void next() {
    if (second++ % CYCLE_SECONDS < BUSY_SECONDS) {
      step();
    }
  }

  private void step() {
    int many = 1 + ThreadLocalRandom.current().nextInt(MAX_JOBS);
    try {
      jdbi.useHandle(handle -> handle.createQuery(STEP).bind("many", many).mapToMap().one());
    } catch (JdbiException e) {
      log.info("this second's write failed: {}", e.getMessage());
    }
  }

  /** Returns after the last write. */
  @Override
  public void close() {
    seconds.close(PACE.multipliedBy(5));
  }
}
