package dev.millrace.sync.job;

import dev.millrace.job.JobContext;
import dev.millrace.job.Outcome;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Outcomes of jobs that must read their sheet later. They wait in the queue and spend neither a
 * thread nor an attempt.
 */
final class SheetTurn {
  private static final int SHORTEST_MILLIS = 500;
  private static final int LONGEST_MILLIS = 2_000;

  private SheetTurn() {}

  /** Snoozes a job because other sheets use the memory of this process for sheets. */
  static Outcome later(String what, JobContext context) {
    Duration delay =
        Duration.ofMillis(ThreadLocalRandom.current().nextInt(SHORTEST_MILLIS, LONGEST_MILLIS));
    context.log(
        "%s waits %d ms for memory that other sheets use".formatted(what, delay.toMillis()));
    return Outcome.snooze(delay);
  }
}
