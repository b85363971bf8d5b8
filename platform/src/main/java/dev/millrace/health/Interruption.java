package dev.millrace.health;

import dev.millrace.db.Outage;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What a log says of a part of a process that fails and is tried again: one line when it begins,
 * one each minute while it lasts, one when it is over, however often it is tried. While Postgres is
 * out, these are one line for all parts of the process together. Thread-safe.
 */
public final class Interruption {
  private final String what;
  private final Outages outages;
  private final Streak own;

  /**
   * Makes one.
   *
   * @param what fails, at the beginning of a sentence: {@code the heartbeat}
   */
  public Interruption(String what) {
    this(what, Outages.OF_THIS_PROCESS, System::nanoTime);
  }

  /** For tests, with a process and a clock of their own. */
  Interruption(String what, Outages outages, LongSupplier nanos) {
    this.what = what;
    this.outages = outages;
    this.own = new Streak(nanos);
  }

  /** A try has failed; the line to be logged, if it is time for one. */
  public Optional<String> failed(Throwable failure) {
    Optional<Outage> outage = Outage.of(failure).filter(Interruption::ofAllParts);
    if (outage.isPresent()) {
      return outages.failed(what, outage.get().sentence());
    }
    String why = Outage.describe(failure);
    return own.failed()
        .map(
            streak ->
                streak.tries() == 1
                    ? what + " failed and is tried until it works: " + why
                    : what
                        + " has failed for "
                        + streak.seconds()
                        + " s, "
                        + streak.tries()
                        + " times: "
                        + why);
  }

  /**
   * Of a lock, a full disk or a standby, others need not know: what they ask may still be answered.
   */
  private static boolean ofAllParts(Outage outage) {
    return outage.kind() == Outage.Kind.AWAY;
  }

  /** A try has worked; the line to be logged, if one had failed before. */
  public Optional<String> worked() {
    Optional<String> line =
        own.worked()
            .map(
                streak ->
                    what
                        + " works again after "
                        + streak.seconds()
                        + " s; "
                        + streak.tries()
                        + " failed");
    return line.isPresent() ? line : outages.worked();
  }
}
