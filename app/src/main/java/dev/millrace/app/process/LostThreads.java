package dev.millrace.app.process;

import dev.millrace.health.Health;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads that end by an exception and are not restarted, those of libraries included. */
final class LostThreads {
  private static final Logger log = LoggerFactory.getLogger(LostThreads.class);

  private LostThreads() {}

  /** From now on the deaths of all threads of this JVM are logged, and reported there. */
  static void report(Health health) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, why) -> {
          health.lost(thread.getName(), why);
          log.error("thread {} died and is not restarted", thread.getName(), why);
        });
  }
}
