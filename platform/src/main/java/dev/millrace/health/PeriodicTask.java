package dev.millrace.health;

import dev.millrace.db.Outage;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that does one thing again and again; what it throws is logged and does not end it. */
public final class PeriodicTask implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PeriodicTask.class);

  /** How long the task may take: its statements have time-outs, its thread needs a core. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final String name;
  private final Interruption interruption;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);

  /**
   * Makes it; {@link #start} starts it.
   *
   * @param name as it is reported
   * @param pause before each time
   */
  public PeriodicTask(String name, Health health, Duration pause, Runnable task) {
    this(name, health.pulse(name, pause.plus(LONGEST)), pause, task);
  }

  /**
   * With a pulse of which the task makes use, such as {@link Health.Pulse#failed}.
   *
   * @param pulse whose longest step is longer than the pause and the task together
   */
  public PeriodicTask(String name, Health.Pulse pulse, Duration pause, Runnable task) {
    this.name = name;
    this.interruption = new Interruption("the thread " + name);
    this.thread =
        new Thread(new Guarded(name, pulse, () -> repeat(pulse, pause, task)), "millrace-" + name);
    thread.setDaemon(true);
  }

  private void repeat(Health.Pulse pulse, Duration pause, Runnable task)
      throws InterruptedException {
    while (!closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
      pulse.beat();
      try {
        task.run();
        interruption.worked().ifPresent(line -> goesOn(pulse, line));
      } catch (RuntimeException e) {
        if (Outage.of(e).isEmpty()) {
          throw e;
        }
        pulse.failed(e);
        interruption.failed(e).ifPresent(log::warn);
      }
    }
  }

  private static void goesOn(Health.Pulse pulse, String line) {
    log.info(line);
    pulse.worked();
  }

  public void start() {
    thread.start();
  }

  /** Ends it; a task that is under way is interrupted, and not waited for. */
  @Override
  public void close() {
    closing.countDown();
    thread.interrupt();
  }

  /** Ends it after the task that is under way, which is waited for. */
  public void close(Duration most) {
    closing.countDown();
    try {
      thread.join(most.toMillis());
      if (thread.isAlive()) {
        log.warn("{} did not end within {} s and is left behind", name, most.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
