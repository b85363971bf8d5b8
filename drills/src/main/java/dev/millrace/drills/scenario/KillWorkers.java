package dev.millrace.drills.scenario;

import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.testbed.ChildProcesses;
import dev.millrace.drills.testbed.JobProducer;
import dev.millrace.drills.testbed.TestBed;
import dev.millrace.drills.testbed.Waits;
import java.time.Duration;
import java.util.Random;

/** D1: queue workers are killed at random moments, by a signal and by jobs that kill them. */
public final class KillWorkers implements Scenario {
  private static final Duration RESCUE = Duration.ofSeconds(15);

  @Override
  public String name() {
    return "kill-workers";
  }

  @Override
  public String number() {
    return "D1";
  }

  @Override
  public String summary() {
    return "kill -9 of queue workers at random moments; what they ran is run again in time";
  }

  @Override
  public void run(Run run) {
    int jobs = run.size(300, 20_000);
    int kills = run.size(4, 110);
    Random random = new Random(run.seed());
    DrillReport report = run.report();
    TestBed.Settings settings = TestBed.Settings.of(run).withWork(JobProducer.Work.SHORT.inOrder());
    try (TestBed testBed = TestBed.open(run, settings, run.size(2, 4))) {
      JobProducer.Feed fed = testBed.producer().enqueueSteadily(jobs, 60);
      for (int i = 0; i < kills; i++) {
        Waits.pause(Duration.ofMillis(random.nextInt(run.size(100, 5_000))));
        ChildProcesses.Slot victim =
            testBed.processes().workers().get(random.nextInt(testBed.processes().workers().size()));
        // mostly in the midst of a job, sometimes wherever it happens to be
        testBed
            .waits()
            .happens(
                testBed.lease().plusSeconds(20), () -> testBed.jobs().processing(victim.pid()) > 0);
        Waits.pause(Duration.ofMillis(random.nextInt(60)));
        long pid = victim.pid();
        victim.kill();
        testBed.noteLoss(pid);
      }
      fed.finish();
      testBed.producer().enqueuePoison();
      testBed.waits().drain();
      testBed.producer().enqueuePoisonAmid(run.size(80, 400));
      testBed.waits().drain();
      testBed.verdict().check();
      testBed.verdict().violationsOf("jobs lost beside a suspect", "beside_suspects");
      report.fact("kills", kills);
      report.goal(
          "kills that hit a running job", testBed.verdict().reportRescues(), run.size(2, 60));
      if (run.full()) {
        testBed.verdict().rescuedWithin(RESCUE);
      }
    }
  }
}
