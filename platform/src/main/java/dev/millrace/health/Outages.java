package dev.millrace.health;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What a process says of the times in which Postgres is out for all its parts. Thread-safe. */
final class Outages {
  /** As long as a statement that began before Postgres was back may still fail. */
  private static final Duration SETTLING = Duration.ofSeconds(5);

  /** The log is one for the whole process, so this is too. Last: it needs the above. */
  static final Outages OF_THIS_PROCESS = new Outages(System::nanoTime);

  private final Streak streak;

  Outages(LongSupplier nanos) {
    this.streak = new Streak(nanos, SETTLING);
  }

  /**
   * A part of the process has met an outage.
   *
   * @param sentence what is out
   */
  Optional<String> failed(String part, String sentence) {
    return streak
        .failed()
        .map(
            state ->
                state.tries() == 1
                    ? sentence + "; " + part + " and all that needs it are tried until they work"
                    : sentence
                        + "; "
                        + state.tries()
                        + " tries have failed in "
                        + state.seconds()
                        + " s, the last of "
                        + part);
  }

  /** A part of the process has reached Postgres. */
  Optional<String> worked() {
    return streak
        .worked()
        .map(
            state ->
                "Postgres works again after "
                    + state.seconds()
                    + " s; "
                    + state.tries()
                    + " tries failed");
  }
}
