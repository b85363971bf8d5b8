package dev.millrace.scheduler;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work at a stop with a time limit. */
final class Bounded {
  private static final Logger log = LoggerFactory.getLogger(Bounded.class);

  private Bounded() {}

  /**
   * Runs it in a new thread, which is not waited for after the limit.
   *
   * @param what for the log, such as {@code "the fires under way"}
   */
  static void run(String what, Duration most, Runnable work) {
    Thread thread = new Thread(() -> attempt(what, work), "millrace-stop");
    thread.setDaemon(true);
    thread.start();
    join(what, thread, most);
  }

  /** Waits for the end of a thread; after the limit it is interrupted and not waited for. */
  static void join(String what, Thread thread, Duration most) {
    try {
      thread.join(Math.max(1, most.toMillis()));
      if (thread.isAlive()) {
        log.warn("{} did not end within {} ms and is left behind", what, most.toMillis());
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void attempt(String what, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      log.warn("{} failed at the stop: {}", what, e.getMessage());
      log.debug("{} failed at the stop", what, e);
    }
  }
}
