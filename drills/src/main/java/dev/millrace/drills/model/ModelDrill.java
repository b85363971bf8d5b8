package dev.millrace.drills.model;

import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.testbed.BareServices;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * D11: the protocol as a state machine under thousands of seeds, with every rule left out in turn
 * to see that it is needed; and random moves made in the model and in Postgres alike.
 */
public final class ModelDrill implements Scenario {
  private static final int LONGEST_SEARCH = 50_000;

  @Override
  public String name() {
    return "model";
  }

  @Override
  public String number() {
    return "D11";
  }

  @Override
  public String summary() {
    return "the protocol simulated under many seeds, and the same random moves made in Postgres";
  }

  @Override
  public void run(Run run) {
    simulate(run);
    leaveOut(run);
    compare(run);
  }

  private static void simulate(Run run) {
    int seeds = run.size(5_000, 100_000);
    for (int i = 0; i < seeds; i++) {
      long seed = run.seed() + i;
      Simulation.run(seed, EnumSet.allOf(Rule.class))
          .ifPresent(what -> run.report().violation("the protocol", "seed " + seed + ": " + what));
    }
    run.report().fact("seeds simulated", seeds);
  }

  /** Every rule must be missed when it is gone. */
  private static void leaveOut(Run run) {
    for (Rule rule : Rule.values()) {
      Set<Rule> rest = EnumSet.allOf(Rule.class);
      rest.remove(rule);
      Optional<String> found = Optional.empty();
      int seeds = 0;
      while (found.isEmpty() && seeds < LONGEST_SEARCH) {
        found = Simulation.run(run.seed() + seeds, rest);
        seeds++;
      }
      if (found.isEmpty()) {
        run.report().violation("rules that are not missed", rule + " in " + seeds + " seeds");
      }
      run.report().fact("missed " + rule + " after seeds", found.isEmpty() ? "never" : seeds);
    }
  }

  private static void compare(Run run) {
    int sequences = run.size(60, 10_000);
    DrillReport report = run.report();
    try (BareServices services = BareServices.open()) {
      PostgresQueue real =
          new PostgresQueue(services.database(), services.redis(), services.locks());
      for (int i = 0; i < sequences; i++) {
        long seed = run.seed() + i;
        real.clear();
        new Sequence(seed, new ModelQueue(EnumSet.allOf(Rule.class)), real)
            .play()
            .ifPresent(
                what ->
                    report.violation("model and Postgres differ", "seed " + seed + ": " + what));
      }
    }
    report.fact("sequences compared with Postgres", sequences);
  }
}
