package dev.millrace.app.demo;

import dev.millrace.db.Sql;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes on while the demo serves: parts are traded, items move through the factory, people
 * vote. Now and then nobody does anything, so that the views come to rest. Ends with {@link
 * #close}.
 */
public final class Bustle implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Bustle.class);
  private static final String STEP = Sql.of(Bustle.class, "step");
  private static final Duration PACE = Duration.ofSeconds(1);
  private static final int BUSY_SECONDS = 50;
  private static final int CYCLE_SECONDS = 75;
  private static final int MOST = 12;

  private final Jdbi jdbi;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "demo-bustle");

  private Bustle(Jdbi jdbi) {
    this.jdbi = jdbi;
    thread.setDaemon(true);
  }

  /** Begins. */
  public static Bustle start(Jdbi jdbi) {
    Bustle bustle = new Bustle(jdbi);
    bustle.thread.start();
    return bustle;
  }

  private void run() {
    try {
      for (int second = 0; !stopped.await(PACE.toMillis(), TimeUnit.MILLISECONDS); second++) {
        if (second % CYCLE_SECONDS < BUSY_SECONDS) {
          step();
        }
      }
    } catch (InterruptedException e) {
      log.debug("the bustle was interrupted", e);
    }
  }

  private void step() {
    int many = 1 + ThreadLocalRandom.current().nextInt(MOST);
    try {
      jdbi.useHandle(handle -> handle.createQuery(STEP).bind("many", many).mapToMap().one());
    } catch (JdbiException e) {
      log.info("nothing was written this second: {}", e.getMessage());
    }
  }

  /** Comes back when the last write has ended. */
  @Override
  public void close() {
    stopped.countDown();
    try {
      thread.join(PACE.toMillis() * 5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
