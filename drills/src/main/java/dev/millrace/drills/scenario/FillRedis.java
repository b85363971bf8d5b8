package dev.millrace.drills.scenario;

import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.testbed.TestBed;
import dev.millrace.drills.testbed.Waits;
import java.time.Duration;

/** D5: Redis is full and refuses every write. Nothing fails because of it, and work goes on. */
public final class FillRedis implements Scenario {
  private static final Duration STILL = Duration.ofSeconds(15);
  private static final Duration RECOVERY = Duration.ofSeconds(30);

  @Override
  public String name() {
    return "fill-redis";
  }

  @Override
  public String number() {
    return "D5";
  }

  @Override
  public String summary() {
    return "Redis at maxmemory refuses writes; no job fails, work goes on, and it recovers by itself";
  }

  @Override
  public void run(Run run) {
    DrillReport report = run.report();
    int jobs = run.size(150, 1_000);
    Duration most = Duration.ofSeconds(run.size(0, 300));
    try (TestBed testBed = TestBed.open(run, TestBed.Settings.of(run), run.size(2, 4))) {
      testBed.producer().enqueue(jobs);
      testBed.waits().drain();
      maxMemory(testBed, "100kb");
      testBed.waits().await("Redis refuses to write", RECOVERY, testBed.redisServer()::refuses);
      long began = System.nanoTime();
      do {
        wave(testBed, run, jobs);
        if (run.full()) {
          Waits.pause(Duration.ofSeconds(8));
        }
      } while (System.nanoTime() - began < most.toNanos() && report.passed());
      report.fact("full for", Duration.ofNanos(System.nanoTime() - began).toSeconds() + " s");
      maxMemory(testBed, "0");
      long back = System.nanoTime();
      testBed.redisServer().forgetCalls();
      testBed.producer().enqueue(jobs);
      testBed
          .waits()
          .await("jobs go through Redis again", RECOVERY, testBed.redisServer()::givesJobs);
      report.fact(
          "jobs go through it again after",
          Duration.ofNanos(System.nanoTime() - back).toMillis() + " ms");
      testBed.waits().drain();
      testBed.verdict().check();
    }
  }

  private static void wave(TestBed testBed, Run run, int jobs) {
    long before = testBed.jobs().completed();
    for (int i = 0; i < jobs; i += 10) {
      testBed.producer().enqueue(10);
    }
    if (!testBed.waits().completes(before + jobs, STILL)) {
      run.report()
          .violation(
              "work stood still while Redis was full",
              String.format(
                  "%d of %d jobs completed, then none for %d s",
                  testBed.jobs().completed() - before, jobs, STILL.toSeconds()));
    }
  }

  private static void maxMemory(TestBed testBed, String value) {
    testBed
        .waits()
        .await(
            "maxmemory is " + value,
            RECOVERY,
            () -> testBed.redisServer().configure("maxmemory", value));
  }
}
