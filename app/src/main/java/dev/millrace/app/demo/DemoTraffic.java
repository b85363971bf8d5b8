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
 * What goes on while the demo serves: parts are traded, items move through the factory, people
 * vote. Now and then nobody does anything, so that the views come to rest. Ends with {@link
 * #close}.
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
    this.seconds = new PeriodicTask("demo-bustle", health, PACE, this::next);
  }

  /**
   * Begins.
   *
   * @param health of the process, for what is wrong with its thread
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
      log.info("nothing was written this second: {}", e.getMessage());
    }
  }

  /** Comes back when the last write has ended. */
  @Override
  public void close() {
    seconds.close(PACE.multipliedBy(5));
  }
}
