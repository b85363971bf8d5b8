package dev.millrace.drills.scenario;

import dev.millrace.drills.Scenario;
import dev.millrace.drills.stage.Fleet;
import dev.millrace.drills.stage.Stage;
import java.time.Duration;
import java.util.Random;

/**
 * D18: jobs of every shape at once, while queue workers are killed and Redis is flushed. The status
 * is read throughout and compared with the history of the jobs.
 */
public final class MixedLoad implements Scenario {
  @Override
  public String name() {
    return "mixed-load";
  }

  @Override
  public String number() {
    return "D18";
  }

  @Override
  public String summary() {
    return "limits, keys, debounce, families, callbacks, retries at once; the status is never wrong";
  }

  @Override
  public void run(Run run) {
    int enqueues = run.size(240, 20_000);
    int faults = run.size(3, 60);
    Random random = new Random(run.seed());
    try (Stage stage = Stage.open(run, Stage.Settings.of(run), run.size(2, 4))) {
      MixedWork work = new MixedWork(stage);
      for (int fault = 0; fault <= faults; fault++) {
        work.enqueue(enqueues / (faults + 1), Duration.ofMillis(run.size(15, 10)));
        if (fault == faults) {
          break;
        }
        if (fault % 3 == 2) {
          stage.redis().tell(jedis -> jedis.flushAll());
        } else {
          kill(stage, random);
        }
      }
      work.drain();
      work.check(run.report());
      stage.check();
      run.report().fact("faults", faults);
    }
  }

  private static void kill(Stage stage, Random random) {
    Fleet.Slot victim = stage.fleet().workers().get(random.nextInt(stage.fleet().workers().size()));
    long pid = victim.pid();
    victim.kill();
    stage.noteLoss(pid);
  }
}
