package dev.millrace.worker;

import dev.millrace.db.Outage;
import dev.millrace.health.Guarded;
import dev.millrace.health.Health;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that does one thing again and again; what it throws is logged and does not end it. */
final class Repeating implements AutoCloseable {
  /** How long the task may take: its statements have time-outs, its thread needs a core. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static final Logger log = LoggerFactory.getLogger(Repeating.class);

  private final Interruption interruption;
  private final Thread thread;
  private volatile boolean closed;

  Repeating(String name, Health health, Duration pause, Runnable task) {
    this.interruption = new Interruption("the thread " + name);
    Health.Pulse pulse = health.pulse(name, pause.plus(LONGEST));
    this.thread =
        new Thread(new Guarded(name, pulse, () -> repeat(pulse, pause, task)), "millrace-" + name);
    thread.setDaemon(true);
  }

  private void repeat(Health.Pulse pulse, Duration pause, Runnable task)
      throws InterruptedException {
    while (!closed) {
      Thread.sleep(pause.toMillis());
      pulse.beat();
      try {
        task.run();
        interruption.worked().ifPresent(log::info);
        pulse.worked();
      } catch (RuntimeException e) {
        if (Outage.of(e).isEmpty()) {
          throw e;
        }
        pulse.failed(e);
        interruption.failed(Outage.describe(e)).ifPresent(log::warn);
      }
    }
  }

  void start() {
    thread.start();
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
