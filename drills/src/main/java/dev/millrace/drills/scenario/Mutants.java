package dev.millrace.drills.scenario;

import dev.millrace.drills.DrillException;
import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Drills;
import dev.millrace.drills.Guard;
import dev.millrace.drills.Scenario;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * D14: each guard is taken away in turn, and its drill must fail. A mutant that survives is a drill
 * that proves nothing.
 */
public final class Mutants implements Scenario {
  private final List<Guard> guards;

  /** Of all drills. */
  public Mutants() {
    this(Arrays.asList(Guard.values()));
  }

  /** Of one drill; of the mutants' own drill, all of them. */
  public Mutants(Scenario scenario) {
    this(scenario instanceof Mutants all ? all.guards : Guard.of(scenario));
  }

  private Mutants(List<Guard> guards) {
    this.guards = List.copyOf(guards);
  }

  @Override
  public String name() {
    return "mutants";
  }

  @Override
  public String number() {
    return "D14";
  }

  @Override
  public String summary() {
    return "every guard is taken away in turn: its drill must fail";
  }

  @Override
  public void run(Run run) {
    for (Guard guard : guards) {
      Scenario scenario =
          Drills.find(guard.drill())
              .orElseThrow(() -> new DrillException("there is no drill " + guard.drill()));
      DrillReport without = Drills.run(scenario, false, run.seed(), Optional.of(guard));
      boolean killed = without.broken().stream().anyMatch(guard.breaks()::contains);
      if (!killed) {
        run.report().violation("mutants that survive", guard.text() + ": " + without);
      }
      run.report()
          .fact(
              "without " + guard.text(),
              (killed ? "killed by " : "SURVIVED ")
                  + scenario.name()
                  + ": "
                  + String.join(", ", without.broken()));
    }
  }
}
