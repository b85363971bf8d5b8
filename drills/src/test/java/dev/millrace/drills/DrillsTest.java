package dev.millrace.drills;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The seed of a run stands in its report: {@code drill NAME --seed N} does it again. */
class DrillsTest {
  private static final long SEED = Long.getLong("drills.seed", 20_261_122);

  /**
   * How often a mutant is tried: a seed repeats the drill's choices and not the scheduling of the
   * machine, so the small form may miss what is missing.
   */
  private static final int RUNS = 3;

  static Stream<String> drills() {
    return Drills.all().stream().map(Scenario::name).filter(name -> !name.equals("mutants"));
  }

  @ParameterizedTest
  @MethodSource("drills")
  void the_queue_holds(String name) {
    DrillReport report = Drills.run(Drills.find(name).orElseThrow(), false, SEED, Optional.empty());
    System.out.println(report);
    assertThat(report.passed()).as(report.toString()).isTrue();
  }

  /**
   * One guard each of the fence, the hints, the commit, the schedules and the sync: those whose
   * drill misses them soonest; {@code drill mutants} tries them all.
   */
  @ParameterizedTest
  @EnumSource(
      names = {"EFFECT_FENCE", "IDLE_LOOK", "DURABLE_COMMIT", "ONE_FIRE_A_SLOT", "RESUME_POINT"})
  void a_drill_fails_when_its_guard_is_gone(Guard guard) {
    DrillReport report = without(guard, SEED);
    for (int more = 1; report.passed() && more < RUNS; more++) {
      report = without(guard, SEED + more);
    }
    assertThat(report.passed()).as(report.toString()).isFalse();
    assertThat(report.broken()).as(report.toString()).containsAnyElementsOf(guard.breaks());
  }

  private static DrillReport without(Guard guard, long seed) {
    DrillReport report =
        Drills.run(Drills.find(guard.drill()).orElseThrow(), false, seed, Optional.of(guard));
    System.out.println(report);
    return report;
  }
}
