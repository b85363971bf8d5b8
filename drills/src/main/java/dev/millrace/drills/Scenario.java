package dev.millrace.drills;

import java.util.Optional;

/** One drill. */
public interface Scenario {

  /** As it is named on the command line. */
  String name();

  /** Its number in the list of drills: {@code D1}. */
  String number();

  /** One line: what is done, and what must hold. */
  String summary();

  /**
   * Carries it out.
   *
   * @throws DrillException when it came to a standstill
   */
  void run(Run run);

  /**
   * How it is to be carried out.
   *
   * @param full the size that proves it, not the small one of the tests
   * @param seed of every random choice
   * @param without a guard that is taken away
   * @param report is filled
   */
  record Run(boolean full, long seed, Optional<Guard> without, DrillReport report) {

    /** The number for the size of this run. */
    public int size(int small, int large) {
      return full ? large : small;
    }
  }
}
