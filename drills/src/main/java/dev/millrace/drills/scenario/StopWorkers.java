package dev.millrace.drills.scenario;

import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.child.EffectHandler;
import dev.millrace.drills.child.EffectPayload;
import dev.millrace.drills.testbed.ChildProcesses;
import dev.millrace.drills.testbed.JobProducer;
import dev.millrace.drills.testbed.TestBed;
import dev.millrace.drills.testbed.Waits;
import dev.millrace.job.JobKind;
import java.time.Duration;
import java.util.Map;
import java.util.Random;

/**
 * D15: a rolling deploy. Queue workers are told to stop while they run jobs that take longer than
 * they may; and there are jobs of a kind that only the last of the new workers knows.
 */
public final class StopWorkers implements Scenario {
  private static final Duration WITHIN = Duration.ofSeconds(60);
  private static final JobProducer.Work WORK = new JobProducer.Work(600, 0, 200, 3);
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
    DrillReport report = run.report();
    TestBed.Settings settings =
        TestBed.Settings.of(run).withWork(WORK).tell(Map.of("effect", "heedful", "drain", "100"));
    try (TestBed testBed = TestBed.open(run, settings, run.size(2, 4))) {
      for (int i = 0; i < LATER_JOBS; i++) {
        testBed.producer().enqueueOther(LATER);
      }
      JobProducer.Feed fed = testBed.producer().enqueueSteadily(1, run.size(10, 20));
      long slowest = 0;
      for (int i = 0; i < stops; i++) {
        ChildProcesses.Slot slot =
            testBed.processes().workers().get(random.nextInt(testBed.processes().workers().size()));
        testBed
            .waits()
            .await("it runs jobs", WITHIN, () -> testBed.jobs().processing(slot.pid()) > 1);
        Waits.pause(Duration.ofMillis(random.nextInt(300)));
        long began = System.nanoTime();
        slot.stop();
        slowest = Math.max(slowest, Duration.ofNanos(System.nanoTime() - began).toMillis());
      }
      fed.finish();
      testBed
          .verdict()
          .violations(
              "jobs of an unknown kind that were touched",
              "SELECT 'job ' || id || ' is ' || state || ' at attempt ' || attempt"
                  + " FROM millrace.jobs WHERE kind = ? AND (state <> 'queued' OR attempt > 0)",
              LATER.name());
      testBed
          .processes()
          .start("worker", "newcomer", Map.of("kind", LATER.name(), "concurrency", "2"))
          .awaitReady();
      testBed
          .waits()
          .await(
              "the jobs of the new kind are run",
              WITHIN,
              () ->
                  testBed.number(
                          "SELECT count(*) FROM millrace.jobs WHERE kind = ? AND state <> 'completed'",
                          LATER.name())
                      == 0);
      testBed.waits().drain();
      testBed
          .verdict()
          .violations(
              "attempts spent by a stop",
              "SELECT 'job ' || id || ' is ' || state || ' at attempt ' || attempt"
                  + " FROM millrace.jobs WHERE attempt <> 1 OR state <> 'completed'");
      testBed.verdict().check();
      report.fact("stops", stops);
      report.fact("slowest stop", slowest + " ms");
      report.goal("attempts handed back", handedBack(testBed), run.size(2, 60));
    }
  }

  private static long handedBack(TestBed testBed) {
    return testBed.number(
        "SELECT count(*) FROM millrace.job_attempts WHERE outcome = 'handed_back'");
  }
}
