package dev.millrace.health;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of a long-lived thread. Whatever it throws, an {@link Error} as well, is logged, and it
 * begins anew after a back-off; only its return or an interrupt ends it.
 */
public final class Guarded implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Guarded.class);
  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(250);
  private static final int DOUBLINGS = 5;

  /** A thread that has worked for so long begins its back-off anew. */
  private static final Duration SOUND = Duration.ofMinutes(1);

  private final String name;
  private final Health.Pulse pulse;
  private final Work work;

  /** What the thread does until it is to stop. */
  @FunctionalInterface
  public interface Work {
    void run() throws InterruptedException;
  }

  public Guarded(String name, Health.Pulse pulse, Work work) {
    this.name = name;
    this.pulse = pulse;
    this.work = work;
  }

  @Override
  public void run() {
    int deaths = 0;
    try {
      while (true) {
        long begun = System.nanoTime();
        pulse.beat();
        try {
          work.run();
          break;
        } catch (RuntimeException | Error e) {
          deaths = System.nanoTime() - begun > SOUND.toNanos() ? 1 : deaths + 1;
          report(e);
          Thread.sleep(
              FIRST_BACK_OFF.multipliedBy(1L << Math.min(deaths - 1, DOUBLINGS)).toMillis());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      pulse.ended();
    }
  }

  private void report(Throwable death) {
    try {
      pulse.died(death);
      log.error("thread {} died and is restarted", name, death);
    } catch (RuntimeException | Error e) { // no memory to say so, for example: it is to live on
      death.addSuppressed(e);
    }
  }
}
