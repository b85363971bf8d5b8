package dev.millrace.app.doctor;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Compares a server's clock with that of this machine. */
final class Clocks {
  /** Less is of no consequence: Postgres' clock decides, and the others are shown to people. */
  private static final Duration TOLERATED = Duration.ofSeconds(2);

  private Clocks() {}

  /** A finding when they differ; exact to half the time that the question takes. */
  static Optional<Finding> compare(String server, Supplier<Instant> clock) {
    Instant asked = Instant.now();
    Instant theirs = clock.get();
    Duration trip = Duration.between(asked, Instant.now());
    Duration ahead = Duration.between(asked.plus(trip.dividedBy(2)), theirs);
    if (ahead.abs().compareTo(TOLERATED.plus(trip)) <= 0) {
      return Optional.empty();
    }
    return Optional.of(
        Finding.warn(
            "clock_skew",
            "the clock of "
                + server
                + " is "
                + ahead.abs().toSeconds()
                + " s "
                + (ahead.isNegative() ? "behind" : "ahead of")
                + " that of this machine",
            "have both take the time from an NTP server"));
  }
}
