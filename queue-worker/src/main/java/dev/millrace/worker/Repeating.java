package dev.millrace.worker;

import dev.millrace.health.Guarded;
import dev.millrace.health.Health;
import java.time.Duration;

/** A thread that does one thing again and again; what it throws is logged and does not end it. */
final class Repeating implements AutoCloseable {
  /** How long the task may take: its statements have time-outs, its thread needs a core. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final Thread thread;
  private volatile boolean closed;

  Repeating(String name, Health health, Duration pause, Runnable task) {
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
      task.run();
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
