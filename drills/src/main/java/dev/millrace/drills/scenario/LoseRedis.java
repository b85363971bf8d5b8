package dev.millrace.drills.scenario;

import dev.millrace.drills.Report;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.stage.Stage;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** D4: Redis is killed and comes back empty; once it stays away for long. Work goes on. */
public final class LoseRedis implements Scenario {
  private static final Duration MOST = Duration.ofSeconds(10);

  @Override
  public String name() {
    return "lose-redis";
  }

  @Override
  public String number() {
    return "D4";
  }

  @Override
  public String summary() {
    return "kill -9 of Redis, empty restarts, a long outage; work goes on while it is away";
  }

  @Override
  public void run(Run run) {
    int kills = run.size(3, 20);
    Random random = new Random(run.seed());
    Report report = run.report();
    try (Stage stage = Stage.open(run, Stage.Settings.of(run), run.size(2, 4))) {
      CompletableFuture<Void> fed =
          stage.feeder().enqueueSteadily(run.size(500, 12_000), run.size(80, 80));
      int outage = run.size(60, 4_000);
      for (int i = 0; i < kills && report.passed(); i++) {
        Moments.pass(random.nextInt(run.size(300, 3_000)));
        stage.killRedis();
        boolean longOne = i == kills - 1;
        goOn(stage, run, longOne ? outage : 5);
        stage.restartRedis();
      }
      fed.join();
      stage.drain();
      stage.check();
      report.fact("kills of Redis", kills);
    }
  }

  private static void goOn(Stage stage, Run run, int jobs) {
    long before = stage.completed();
    long began = System.nanoTime();
    boolean done =
        stage.happens(
            run.full() && jobs > 100 ? Duration.ofSeconds(60) : MOST,
            () -> stage.completed() >= before + jobs);
    long completed = stage.completed() - before;
    double seconds = Duration.ofNanos(System.nanoTime() - began).toMillis() / 1000.0;
    if (jobs > 5) {
      run.report().fact("completed in the longest outage", completed + " in " + seconds + " s");
    }
    if (!done && completed == 0) {
      run.report()
          .violation("work stood still without Redis", "no job completed in " + seconds + " s");
    }
  }
}
