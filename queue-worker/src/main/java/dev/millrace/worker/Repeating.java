package dev.millrace.worker;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that does one thing again and again; what it throws is logged and does not end it. */
final class Repeating implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Repeating.class);

  private final Thread thread;
  private volatile boolean closed;

  Repeating(String name, Duration pause, Runnable task) {
    this.thread =
        new Thread(
            () -> {
              while (!closed) {
                try {
                  Thread.sleep(pause.toMillis());
                  task.run();
                } catch (InterruptedException e) {
                  return;
                } catch (RuntimeException e) {
                  log.error("{} failed; it goes on", name, e);
                }
              }
            },
            "millrace-" + name);
    thread.setDaemon(true);
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
