package dev.millrace.sync.job;

import dev.millrace.job.JobContext;
import dev.millrace.job.Outcome;
import dev.millrace.sheet.SheetBusyException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Outcomes of jobs that must read their sheet later. They wait in the queue and spend neither a
 * thread nor an attempt.
 */
final class SheetTurn {
  /** A random addition, so that the jobs that wait do not all return at once. */
  private static final int SPREAD_MILLIS = 1_500;

  private SheetTurn() {}

  /** Snoozes a job whose sheet cannot be read now. */
  static Outcome later(SheetBusyException e, String what, JobContext context) {
    Duration delay = e.time().plusMillis(ThreadLocalRandom.current().nextInt(SPREAD_MILLIS));
    context.log("%s waits %d ms: %s".formatted(what, delay.toMillis(), e.getMessage()));
    return Outcome.snooze(delay);
  }
}
