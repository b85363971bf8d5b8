package dev.millrace.drills;

import dev.millrace.MillraceException;
import dev.millrace.drills.model.ModelDrill;
import dev.millrace.drills.scenario.CallSyncs;
import dev.millrace.drills.scenario.CutCommit;
import dev.millrace.drills.scenario.FillRedis;
import dev.millrace.drills.scenario.FireSchedules;
import dev.millrace.drills.scenario.FlushRedis;
import dev.millrace.drills.scenario.FreezeWorkers;
import dev.millrace.drills.scenario.KillPostgres;
import dev.millrace.drills.scenario.KillWorkers;
import dev.millrace.drills.scenario.LongQueue;
import dev.millrace.drills.scenario.LoseRedis;
import dev.millrace.drills.scenario.LoseSentinels;
import dev.millrace.drills.scenario.MasterSync;
import dev.millrace.drills.scenario.MixedLoad;
import dev.millrace.drills.scenario.Mutants;
import dev.millrace.drills.scenario.RefreshViews;
import dev.millrace.drills.scenario.StopWorkers;
import dev.millrace.drills.scenario.Strangers;
import dev.millrace.drills.security.SecurityDrill;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;

/** The drills there are. */
public final class Drills {
  private static final List<Scenario> ALL =
      List.of(
          new KillWorkers(),
          new FreezeWorkers(),
          new FlushRedis(),
          new LoseRedis(),
          new FillRedis(),
          new KillPostgres(),
          new CutCommit(),
          new FireSchedules(),
          new RefreshViews(),
          new CallSyncs(),
          new ModelDrill(),
          new SecurityDrill(),
          new Mutants(),
          new StopWorkers(),
          new LongQueue(),
          new MasterSync(),
          new MixedLoad(),
          new Strangers(),
          new LoseSentinels());

  private Drills() {}

  public static List<Scenario> all() {
    return ALL;
  }

  /** By name or number: {@code kill-workers}, {@code D1}. */
  public static Optional<Scenario> find(String name) {
    return ALL.stream()
        .filter(one -> one.name().equals(name) || one.number().equalsIgnoreCase(name))
        .findFirst();
  }

  /** What a run is called: enough to repeat it. */
  static String title(Scenario scenario, boolean full, long seed, Optional<Guard> without) {
    return scenario.number()
        + " "
        + scenario.name()
        + (full ? " (full)" : " (small)")
        + " seed="
        + seed
        + without.map(guard -> " without " + guard.text()).orElse("");
  }

  /** Carries a drill out; whatever goes wrong stands in the report. */
  public static DrillReport run(
      Scenario scenario, boolean full, long seed, Optional<Guard> without) {
    DrillReport report = new DrillReport(title(scenario, full, seed, without));
    long began = System.nanoTime();
    try {
      scenario.run(new Scenario.Run(full, seed, without, report));
    } catch (MillraceException | JdbiException e) {
      report.violation("the drill could not go on", String.valueOf(e.getMessage()));
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    report.fact("took", took.toMillis() / 1000.0 + " s");
    return report;
  }
}
