package dev.millrace.drills.scenario;

import dev.millrace.drills.Scenario;
import dev.millrace.drills.testbed.ChildProcesses;
import dev.millrace.drills.testbed.TestBed;
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
    try (TestBed testBed = TestBed.open(run, TestBed.Settings.of(run), run.size(2, 4))) {
      MixedWork work = new MixedWork(testBed);
      for (int fault = 0; fault <= faults; fault++) {
        work.enqueue(enqueues / (faults + 1), Duration.ofMillis(run.size(15, 10)));
        if (fault == faults) {
          break;
        }
        if (fault % 3 == 2) {
          testBed.redis().send(jedis -> jedis.flushAll());
        } else {
          kill(testBed, random);
        }
      }
      work.drain();
      work.check(run.report());
      testBed.verdict().check();
      run.report().fact("faults", faults);
    }
  }

  private static void kill(TestBed testBed, Random random) {
    ChildProcesses.Slot victim =
        testBed.processes().workers().get(random.nextInt(testBed.processes().workers().size()));
    long pid = victim.pid();
    victim.kill();
    testBed.noteLoss(pid);
  }
}
