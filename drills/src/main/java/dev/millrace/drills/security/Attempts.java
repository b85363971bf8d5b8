package dev.millrace.drills.security;

import dev.millrace.drills.DrillReport;

/** Counts what was tried, and says what went otherwise than it had to. */
final class Attempts {
  private final DrillReport report;
  private int count;

  Attempts(DrillReport report) {
    this.report = report;
  }

  /** One attempt, and what had to come of it. */
  void expect(String rule, Object wanted, Object found) {
    count++;
    if (!wanted.equals(found)) {
      report.violation(rule, found + ", wanted " + wanted);
    }
  }

  /** How many there were. */
  int count() {
    return count;
  }
}
