package dev.millrace.app.demo;

import dev.millrace.demo.DemoFacts;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** What a demo came to, and whether it is what it had to come to. */
public final class Summary {
  private final Tally tally;
  private final boolean completed;
  private final Optional<DemoFacts> facts;

  private Summary(Tally tally, boolean completed, Optional<DemoFacts> facts) {
    this.tally = tally;
    this.completed = completed;
    this.facts = facts;
  }

  /**
   * Counts what stands in the tables.
   *
   * @param completed whether the jobs of the demo did
   * @param facts what the sheets hold; empty when they are not ours
   */
  public static Summary of(Jdbi jdbi, boolean completed, Optional<DemoFacts> facts) {
    return new Summary(Tally.of(jdbi), completed, facts);
  }

  /** Whether everything completed, and every good row of our sheets is there exactly once. */
  public boolean good() {
    return completed
        && tally.views().stream().allMatch(Tally.View::ok)
        && tally.stats().filter(stats -> stats.completed() == stats.functions()).isPresent()
        && facts
            .map(
                known ->
                    tally.suppliers().ok() == known.good().size()
                        && tally.suppliers().failed() == known.failing().size()
                        && tally.items() == known.totalItems())
            .orElse(true);
  }

  /** Prints it. */
  public void show(Screen screen) {
    screen.say("");
    screen.say(
        "suppliers  "
            + tally.suppliers().ok()
            + " ok, "
            + tally.suppliers().failed()
            + " failed"
            + facts.map(known -> expected(known)).orElse(""));
    screen.say("items      " + count(tally.items()) + " rows");
    for (Tally.View view : tally.views()) {
      screen.say(
          "view       %s  %s%d ms%s"
              .formatted(
                  view.name(),
                  view.rows() == null ? "" : count(view.rows()) + " rows, ",
                  view.duration().toMillis(),
                  view.ok() ? "" : ", failed"));
    }
    tally
        .stats()
        .ifPresent(
            stats ->
                screen.say(
                    "stats      %d of %d functions, %s rows, slowest %s %d ms"
                        .formatted(
                            stats.completed(),
                            stats.functions(),
                            count(stats.rows()),
                            stats.slowest(),
                            stats.slowestMs())));
    screen.say(
        "jobs       "
            + tally.jobs().entrySet().stream()
                .map(state -> count(state.getValue()) + " " + state.getKey())
                .collect(Collectors.joining(", ")));
    screen.say("elapsed    " + Screen.seconds(screen.elapsed()));
    screen.say("");
  }

  private String expected(DemoFacts known) {
    boolean asMeant =
        tally.suppliers().ok() == known.good().size()
            && tally.suppliers().failed() == known.failing().size();
    return asMeant
        ? " (the demo has " + known.failing().size() + " that must fail)"
        : " (expected " + known.good().size() + " ok, " + known.failing().size() + " failed)";
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
