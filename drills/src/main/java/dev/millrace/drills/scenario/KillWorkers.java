package dev.millrace.drills.scenario;

import dev.millrace.drills.Report;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.stage.Feeder;
import dev.millrace.drills.stage.Fleet;
import dev.millrace.drills.stage.Stage;
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
    Report report = run.report();
    Stage.Settings settings = Stage.Settings.of(run).withWork(Feeder.Work.SHORT.inOrder());
    try (Stage stage = Stage.open(run, settings, run.size(2, 4))) {
      Feeder.Feed fed = stage.feeder().enqueueSteadily(jobs, 60);
      for (int i = 0; i < kills; i++) {
        Moments.pass(random.nextInt(run.size(100, 5_000)));
        Fleet.Slot victim =
            stage.fleet().workers().get(random.nextInt(stage.fleet().workers().size()));
        // mostly in the midst of a job, sometimes wherever it happens to be
        boolean unused =
            stage.happens(
                stage.lease().plusSeconds(20), () -> stage.jobs().processing(victim.pid()) > 0);
        Moments.pass(random.nextInt(60));
        long pid = victim.pid();
        victim.kill();
        stage.noteLoss(pid);
      }
      fed.finish();
      stage.feeder().enqueuePoison();
      stage.drain();
      stage.feeder().enqueuePoisonAmid(run.size(80, 400));
      stage.drain();
      stage.check();
      stage.violationsOf("jobs lost beside a suspect", "beside_suspects");
      report.fact("kills", kills);
      report.goal("kills that hit a running job", stage.reportRescues(), run.size(2, 60));
      if (run.full()) {
        stage.rescuedWithin(RESCUE);
      }
    }
  }
}
