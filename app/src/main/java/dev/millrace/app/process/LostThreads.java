package dev.millrace.app.process;

import dev.millrace.health.Health;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads that end by what they throw, and that nothing restarts: those of libraries as well. */
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
