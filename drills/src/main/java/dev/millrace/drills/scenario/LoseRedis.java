package dev.millrace.drills.scenario;

import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.testbed.JobProducer;
import dev.millrace.drills.testbed.TestBed;
import dev.millrace.drills.testbed.Waits;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;

/**
 * D4: Redis is killed and comes back empty; once it stays away for long. Work goes on, and goes
 * through Redis again soon after it is back.
 */
public final class LoseRedis implements Scenario {
  private static final Duration STILL = Duration.ofSeconds(15);
  private static final int A_FEW = 5;

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
    Duration outage = Duration.ofSeconds(run.size(2, 60));
    Duration back = Duration.ofSeconds(run.size(20, 5));
    Random random = new Random(run.seed());
    DrillReport report = run.report();
    long slowest = 0;
    try (TestBed testBed = TestBed.open(run, TestBed.Settings.of(run), run.size(2, 4))) {
      JobProducer.Feed fed = testBed.producer().enqueueSteadily(run.size(400, 12_000), 80);
      for (int i = 0; i < kills && report.passed(); i++) {
        Waits.pause(Duration.ofMillis(random.nextInt(run.size(300, 3_000))));
        testBed.redisServer().kill();
        if (i < kills - 1) {
          goOn(testBed, run, Duration.ZERO);
        } else {
          goOn(testBed, run, outage);
        }
        testBed.redisServer().restart();
        slowest = Math.max(slowest, RedisReturn.after(testBed, run, back));
      }
      fed.finish();
      testBed.waits().drain();
      testBed.verdict().check();
      report.fact("kills of Redis", kills);
      report.fact("jobs go through it again after, at most", slowest + " ms");
    }
  }

  /** A few jobs complete without Redis, and go on completing as long as it is away. */
  private static void goOn(TestBed testBed, Run run, Duration outage) {
    long before = testBed.jobs().completed();
    long began = System.nanoTime();
    boolean done = testBed.waits().completes(before + A_FEW, STILL);
    while (done && System.nanoTime() - began < outage.toNanos()) {
      done = testBed.waits().completes(testBed.jobs().completed() + A_FEW, STILL);
    }
    if (!outage.isZero()) {
      long completed = testBed.jobs().completed() - before;
      double seconds = (System.nanoTime() - began) / 1e9;
      run.report()
          .fact(
              "the longest outage",
              String.format(Locale.ROOT, "%.1f s, %d jobs completed", seconds, completed));
    }
    if (!done) {
      run.report()
          .violation(
              "work stood still without Redis",
              "no job completed in "
                  + STILL.toSeconds()
                  + " s, kept waiting were "
                  + testBed.jobs().waiting());
    }
  }
}
