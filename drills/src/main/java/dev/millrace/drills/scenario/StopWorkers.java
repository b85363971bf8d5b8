package dev.millrace.drills.scenario;

import dev.millrace.drills.Report;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.child.EffectHandler;
import dev.millrace.drills.child.EffectPayload;
import dev.millrace.drills.stage.Feeder;
import dev.millrace.drills.stage.Fleet;
import dev.millrace.drills.stage.Stage;
import dev.millrace.job.JobKind;
import java.time.Duration;
import java.util.Map;
import java.util.Random;

/**
 * D15: a rolling deploy. Queue workers are told to stop while they run jobs that take longer than
 * they may; and there are jobs of a kind that only the last of the new workers knows.
 */
public final class StopWorkers implements Scenario {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Feeder.Work WORK = new Feeder.Work(600, 0, 200, 3);
  private static final JobKind<EffectPayload> LATER = EffectHandler.kind("drill.later");
  private static final int LATER_JOBS = 20;

  @Override
  public String name() {
    return "stop-workers";
  }

  @Override
  public String number() {
    return "D15";
  }

  @Override
  public String summary() {
    return "SIGTERM of queue workers, one after the other; no attempt is spent, no kind is mistaken";
  }

  @Override
  public void run(Run run) {
    int stops = run.size(4, 60);
    Random random = new Random(run.seed());
    Report report = run.report();
    Stage.Settings settings =
        Stage.Settings.of(run).withWork(WORK).tell(Map.of("effect", "heedful", "drain", "100"));
    try (Stage stage = Stage.open(run, settings, run.size(2, 4))) {
      for (int i = 0; i < LATER_JOBS; i++) {
        stage.feeder().enqueueOther(LATER);
      }
      Feeder.Feed fed = stage.feeder().enqueueSteadily(1, run.size(10, 20));
      long slowest = 0;
      for (int i = 0; i < stops; i++) {
        Fleet.Slot slot =
            stage.fleet().workers().get(random.nextInt(stage.fleet().workers().size()));
        stage.await("it runs jobs", SOON, () -> stage.jobs().processing(slot.pid()) > 1);
        Moments.pass(random.nextInt(300));
        long began = System.nanoTime();
        slot.stop();
        slowest = Math.max(slowest, Duration.ofNanos(System.nanoTime() - began).toMillis());
      }
      fed.finish();
      stage.violations(
          "jobs of an unknown kind that were touched",
          "SELECT 'job ' || id || ' is ' || state || ' at attempt ' || attempt"
              + " FROM millrace.jobs WHERE kind = ? AND (state <> 'queued' OR attempt > 0)",
          LATER.name());
      stage
          .fleet()
          .start("worker", "newcomer", Map.of("kind", LATER.name(), "concurrency", "2"))
          .awaitReady();
      stage.await(
          "the jobs of the new kind are run",
          SOON,
          () ->
              stage.number(
                      "SELECT count(*) FROM millrace.jobs WHERE kind = ? AND state <> 'completed'",
                      LATER.name())
                  == 0);
      stage.drain();
      stage.violations(
          "attempts spent by a stop",
          "SELECT 'job ' || id || ' is ' || state || ' at attempt ' || attempt"
              + " FROM millrace.jobs WHERE attempt <> 1 OR state <> 'completed'");
      stage.check();
      report.fact("stops", stops);
      report.fact("slowest stop", slowest + " ms");
      report.goal("attempts handed back", handedBack(stage), run.size(2, 60));
    }
  }

  private static long handedBack(Stage stage) {
    return stage.number("SELECT count(*) FROM millrace.job_attempts WHERE outcome = 'handed_back'");
  }
}
