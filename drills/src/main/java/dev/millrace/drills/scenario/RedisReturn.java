package dev.millrace.drills.scenario;

import dev.millrace.drills.Scenario;
import dev.millrace.drills.testbed.TestBed;
import java.time.Duration;

/** Redis can be reached again: from then on jobs must go through it. */
final class RedisReturn {
  private RedisReturn() {}

  /** Waits for the first job that goes through Redis; says how long that took, in milliseconds. */
  static long after(TestBed testBed, Scenario.Run run, Duration most) {
    long began = System.nanoTime();
    if (!testBed.waits().happens(most, testBed.redisServer()::givesJobs)) {
      run.report()
          .violation(
              "Redis was back and not used",
              "no job went through it for " + most.toSeconds() + " s");
    }
    return Duration.ofNanos(System.nanoTime() - began).toMillis();
  }
}
