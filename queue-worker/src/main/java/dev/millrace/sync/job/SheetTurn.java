package dev.millrace.sync.job;

import dev.millrace.job.JobContext;
import dev.millrace.job.Outcome;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Waiting for a turn happens in the queue: it holds no thread and spends no attempt. */
final class SheetTurn {
  private static final int SHORTEST_MILLIS = 500;
  private static final int LONGEST_MILLIS = 2_000;

  private SheetTurn() {}

  /** Other sheets hold the memory that this process has for sheets. */
  static Outcome later(String what, JobContext context) {
    Duration delay =
        Duration.ofMillis(ThreadLocalRandom.current().nextInt(SHORTEST_MILLIS, LONGEST_MILLIS));
    context.log(
        "%s waits %d ms for memory that other sheets hold".formatted(what, delay.toMillis()));
    return Outcome.snooze(delay);
  }
}
