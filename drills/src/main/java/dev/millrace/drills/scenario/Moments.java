package dev.millrace.drills.scenario;

import dev.millrace.drills.DrillException;

/** Random moments: the time that a seed says passes before the next blow. */
final class Moments {
  private Moments() {}

  static void pass(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DrillException("the drill was interrupted");
    }
  }
}
