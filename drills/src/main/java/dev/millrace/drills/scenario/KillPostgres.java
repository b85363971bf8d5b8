package dev.millrace.drills.scenario;

import dev.millrace.drills.Report;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.stage.Stage;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** D6: Postgres is killed while clients enqueue and workers record. */
public final class KillPostgres implements Scenario {
  @Override
  public String name() {
    return "kill-postgres";
  }

  @Override
  public String number() {
    return "D6";
  }

  @Override
  public String summary() {
    return "kill -9 of Postgres under load; every acknowledged enqueue is there and ends";
  }

  @Override
  public void run(Run run) {
    int kills = run.size(2, 20);
    Random random = new Random(run.seed());
    Report report = run.report();
    try (Stage stage = Stage.open(run, Stage.Settings.of(run).withOwnPostgres(), run.size(2, 4))) {
      CompletableFuture<Void> fed =
          stage.feeder().enqueueSteadily(run.size(700, 20_000), run.size(80, 80));
      for (int i = 0; i < kills; i++) {
        long acknowledged = stage.feeder().acknowledged();
        stage.await(
            "enqueues and completions go on",
            stage.lease().plusSeconds(30),
            () -> stage.feeder().acknowledged() > acknowledged + 20 && stage.completed() > 10);
        Moments.pass(random.nextInt(run.size(200, 4_000)));
        stage.killPostgres();
      }
      fed.join();
      stage.drain();
      stage.check();
      report.fact("kills of Postgres", kills);
    }
  }
}
