package dev.millrace.drills.scenario;

import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.testbed.JobProducer;
import dev.millrace.drills.testbed.TestBed;
import java.time.Duration;
import java.util.Random;

/**
 * D20: of three sentinels one can be reached, and that one is killed again and again, so that queue
 * workers which start meanwhile cannot find Redis. Jobs run all the same, with and without a lock
 * key, and go through Redis again when it can be found.
 */
public final class LoseSentinels implements Scenario {
  private static final Duration STILL = Duration.ofSeconds(15);

  /** They wait behind all that has been enqueued while the queue workers were started. */
  private static final Duration LOCKED_TOO = Duration.ofSeconds(60);

  private static final int A_FEW = 8;
  private static final int KEYS = 3;
  private static final int LOCKED_MILLIS = 100;

  @Override
  public String name() {
    return "lose-sentinels";
  }

  @Override
  public String number() {
    return "D20";
  }

  @Override
  public String summary() {
    return "one sentinel of three, killed and back; work goes on, no lock key is held twice";
  }

  @Override
  public void run(Run run) {
    int losses = run.size(2, 20);
    Duration back = Duration.ofSeconds(run.size(30, 15));
    Random random = new Random(run.seed());
    DrillReport report = run.report();
    long slowest = 0;
    try (TestBed testBed =
        TestBed.open(run, TestBed.Settings.of(run).withSentinel(), run.size(2, 4))) {
      JobProducer.Feed fed = testBed.producer().enqueueSteadily(run.size(100, 6_000), 30);
      goesOn(testBed, run, random, "with one sentinel of three");
      for (int i = 0; i < losses && report.passed(); i++) {
        testBed.redisServer().sentinel().kill();
        testBed.processes().workers().forEach(worker -> worker.kill());
        goesOn(testBed, run, random, "without a sentinel");
        testBed.redisServer().forgetCalls();
        testBed.redisServer().sentinel().restart();
        slowest = Math.max(slowest, RedisReturn.after(testBed, run, back));
      }
      fed.finish();
      testBed.waits().drain();
      testBed.verdict().check();
      report.fact("kills of the sentinel", losses);
      report.fact("jobs go through Redis again after, at most", slowest + " ms");
    }
  }

  private static void goesOn(TestBed testBed, Run run, Random random, String when) {
    for (int i = 0; i < A_FEW; i++) {
      testBed.producer().enqueueLocked("key-" + random.nextInt(KEYS), LOCKED_MILLIS);
    }
    String locked =
        "SELECT count(*) FROM millrace.jobs WHERE lock_key IS NOT NULL AND state = 'completed'";
    long before = testBed.number(locked);
    boolean done =
        testBed.waits().completes(testBed.jobs().completed() + A_FEW, STILL)
            && testBed.waits().happens(LOCKED_TOO, () -> testBed.number(locked) >= before + A_FEW);
    if (!done) {
      run.report()
          .violation(
              "work stood still " + when,
              "with a lock key "
                  + (testBed.number(locked) - before)
                  + " of "
                  + A_FEW
                  + " completed, kept waiting were "
                  + testBed.jobs().waiting());
    }
  }
}
