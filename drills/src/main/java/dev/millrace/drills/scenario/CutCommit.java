package dev.millrace.drills.scenario;

import dev.millrace.drills.Report;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.stage.Feeder;
import dev.millrace.drills.stage.Stage;
import java.time.Duration;
import java.util.Random;

/**
 * D7: connections to Postgres are cut when a commit has been sent and its answer has not come:
 * those of the client and of the workers, whatever they commit. Some are reset, or go silent, at
 * other moments.
 */
public final class CutCommit implements Scenario {
  private static final int ONE_IN = 12;

  private static final Duration SOON = Duration.ofMinutes(10);

  /** A silent connection is found out after ten seconds or the time-out of the job. */
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  @Override
  public String name() {
    return "cut-commit";
  }

  @Override
  public String number() {
    return "D7";
  }

  @Override
  public String summary() {
    return "connections cut after COMMIT was sent, or silent; nothing lost, nothing twice";
  }

  @Override
  public void run(Run run) {
    Random random = new Random(run.seed());
    Report report = run.report();
    int goal = run.size(40, 500);
    try (Stage stage = Stage.open(run, Stage.Settings.of(run), 2)) {
      cutAll(stage, ONE_IN, random);
      Feeder.Feed fed = stage.feeder().enqueueSteadily(run.size(1, 6_000), 50);
      long end = System.nanoTime() + SOON.toNanos();
      while (cuts(stage) < goal && System.nanoTime() < end) {
        Moments.pass(run.size(700, 5_000));
        stage.fleet().workers().get(random.nextInt(2)).proxy().reset();
      }
      fed.finish();
      cutAll(stage, 0, random);
      if (stage.drain()) {
        silence(stage, run.size(1, 10));
      }
      stage.check();
      report.goal("connections cut after COMMIT", cuts(stage), goal);
    }
  }

  /** In the midst of transactions every connection swallows what is sent; new ones do not. */
  private static void silence(Stage stage, int times) {
    for (int i = 0; i < times; i++) {
      stage.feeder().enqueueLong(20, 700);
      stage.await("jobs run", Duration.ofSeconds(30), () -> stage.jobs().processing() > 4);
      stage.fleet().workers().forEach(worker -> worker.proxy().silence());
      boolean unused = stage.drain(PATIENCE);
    }
  }

  private static void cutAll(Stage stage, int oneIn, Random random) {
    stage.clientProxy().cutCommits(oneIn, random.nextLong());
    stage.fleet().workers().forEach(worker -> worker.proxy().cutCommits(oneIn, random.nextLong()));
  }

  private static long cuts(Stage stage) {
    return stage.clientProxy().cuts()
        + stage.fleet().workers().stream().mapToLong(worker -> worker.proxy().cuts()).sum();
  }
}
