package dev.millrace.app.demo;

import dev.millrace.demo.DemoFacts;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** What a demo came to, and whether it is what it had to come to. */
public final class Summary {
  private final DemoCounts counts;
  private final boolean completed;
  private final Optional<DemoFacts> facts;

  private Summary(DemoCounts counts, boolean completed, Optional<DemoFacts> facts) {
    this.counts = counts;
    this.completed = completed;
    this.facts = facts;
  }

  /**
   * Counts the rows of the tables.
   *
   * @param completed whether the jobs of the demo did
   * @param facts the facts of the generated sheets; empty when other sheets are used
   */
  public static Summary of(Jdbi jdbi, boolean completed, Optional<DemoFacts> facts) {
    return new Summary(DemoCounts.of(jdbi), completed, facts);
  }

  /** Whether everything completed, and every good row of our sheets is there exactly once. */
  public boolean good() {
    return completed
        && counts.views().stream().allMatch(DemoCounts.View::ok)
        && counts.stats().filter(stats -> stats.completed() == stats.functions()).isPresent()
        && facts
            .map(
                known ->
                    counts.suppliers().ok() == known.good().size()
                        && counts.suppliers().failed() == known.failing().size()
                        && counts.items() == known.totalItems())
            .orElse(true);
  }

  /** Prints it. */
  public void show(ConsoleProgress progress) {
    progress.say("");
    progress.say(
        "suppliers  "
            + counts.suppliers().ok()
            + " ok, "
            + counts.suppliers().failed()
            + " failed"
            + facts.map(known -> expected(known)).orElse(""));
    progress.say("items      " + count(counts.items()) + " rows");
    for (DemoCounts.View view : counts.views()) {
      progress.say(
          "view       %s  %s%d ms%s"
              .formatted(
                  view.name(),
                  view.rows() == null ? "" : count(view.rows()) + " rows, ",
                  view.duration().toMillis(),
                  view.ok() ? "" : ", failed"));
    }
    counts
        .stats()
        .ifPresent(
            stats ->
                progress.say(
                    "stats      %d of %d functions, %s rows, slowest %s %d ms"
                        .formatted(
                            stats.completed(),
                            stats.functions(),
                            count(stats.rows()),
                            stats.slowest(),
                            stats.slowestMs())));
    progress.say(
        "jobs       "
            + counts.jobs().entrySet().stream()
                .map(state -> count(state.getValue()) + " " + state.getKey())
                .collect(Collectors.joining(", ")));
    progress.say("elapsed    " + ConsoleProgress.seconds(progress.elapsed()));
    progress.say("");
  }

  private String expected(DemoFacts known) {
    boolean asMeant =
        counts.suppliers().ok() == known.good().size()
            && counts.suppliers().failed() == known.failing().size();
    return asMeant
        ? " (the demo has " + known.failing().size() + " that must fail)"
        : " (expected " + known.good().size() + " ok, " + known.failing().size() + " failed)";
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
