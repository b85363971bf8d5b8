package dev.millrace.drills.scenario;

import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.testbed.TestBed;
import dev.millrace.queue.Rank;
import dev.millrace.queue.ReadyJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * D3: everything in Redis vanishes, locks included, again and again; and hints come back for jobs
 * that are running, have ended, or never were.
 */
public final class FlushRedis implements Scenario {
  private static final Duration WITHIN = Duration.ofSeconds(60);
  private static final int KEYS = 3;
  private static final int LOCKED_MILLIS = 250;

  private static final int BEHIND = 100;
  private static final Duration NOT_LONG = Duration.ofSeconds(4);
  private static final int HOLD_MILLIS = 7_000;

  @Override
  public String name() {
    return "flush-redis";
  }

  @Override
  public String number() {
    return "D3";
  }

  @Override
  public String summary() {
    return "FLUSHALL in the midst of work, and hints that lie; nothing lost, no lock key held twice";
  }

  @Override
  public void run(Run run) {
    int flushes = run.size(6, 50);
    Random random = new Random(run.seed());
    DrillReport report = run.report();
    try (TestBed testBed = TestBed.open(run, TestBed.Settings.of(run), run.size(2, 4))) {
      List<Long> old = new ArrayList<>();
      for (int i = 0; i < flushes; i++) {
        old.addAll(testBed.producer().enqueue(run.size(60, 400)));
        String key = "key-" + random.nextInt(KEYS);
        old.addAll(testBed.producer().enqueueLocked(key, LOCKED_MILLIS));
        testBed
            .waits()
            .await(
                "the lock key is held",
                WITHIN,
                () ->
                    testBed.number(
                            "SELECT count(*) FROM millrace.jobs WHERE lock_key = ? AND state = 'processing'",
                            key)
                        > 0);
        testBed.redis().send(jedis -> jedis.flushAll());
        old.addAll(testBed.producer().enqueueLocked(key, LOCKED_MILLIS));
        lie(testBed, old, random);
      }
      testBed.waits().drain();
      report.fact("FLUSHALLs", flushes);
      restored(testBed, run);
      testBed.waits().drain();
      behindHeld(testBed, run);
      testBed.waits().drain();
      testBed.verdict().check();
    }
  }

  /** Hints for all jobs that there have been, and for ids that no job has. */
  private static void lie(TestBed testBed, List<Long> ids, Random random) {
    List<ReadyJob> hints = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      hints.add(hint(ids.get(random.nextInt(ids.size()))));
      hints.add(hint(1_000_000_000L + random.nextInt(1_000_000)));
    }
    testBed.ready().push(TestBed.LANE, hints, false);
  }

  private static ReadyJob hint(long jobId) {
    return new ReadyJob(Rank.of(0, jobId), null);
  }

  /** With every worker frozen, what vanishes from Redis must come back by the leader's work. */
  private static void restored(TestBed testBed, Run run) {
    testBed.processes().workers().forEach(worker -> worker.freeze());
    try {
      int jobs = run.size(50, 500);
      Duration most = Duration.ofSeconds(run.size(15, 5));
      testBed.producer().enqueue(jobs);
      testBed.redis().send(jedis -> jedis.flushAll());
      long began = System.nanoTime();
      if (!testBed.waits().happens(most, () -> testBed.hints() >= jobs)) {
        run.report()
            .violation(
                "Redis was not restored",
                "of "
                    + jobs
                    + " hints "
                    + testBed.hints()
                    + " are back after "
                    + most.toSeconds()
                    + " s");
      }
      run.report()
          .fact(
              "hints back after a FLUSHALL",
              Duration.ofNanos(System.nanoTime() - began).toMillis() + " ms");
    } finally {
      testBed.processes().workers().forEach(worker -> worker.thaw());
    }
  }

  /**
   * Every queue worker is busy, so that only the leader looks into Postgres, and at the near end of
   * the lane stand jobs whose lock key is held. The hints of those behind them must come back.
   */
  private static void behindHeld(TestBed testBed, Run run) {
    String key = "held";
    int held = run.size(1_200, 2_000); // more than a page of the leader's look
    testBed.producer().enqueueLocked(key, HOLD_MILLIS);
    testBed.producer().enqueueLong(testBed.hands() - 1, HOLD_MILLIS);
    testBed
        .waits()
        .await("all are busy", WITHIN, () -> testBed.jobs().processing() == testBed.hands());
    testBed.producer().enqueueLockedEmpty(key, held);
    testBed.producer().enqueueEmpty(BEHIND);
    testBed.redis().send(jedis -> jedis.flushAll());
    long began = System.nanoTime();
    boolean back = testBed.waits().happens(NOT_LONG, () -> testBed.hints() >= BEHIND);
    long took = Duration.ofNanos(System.nanoTime() - began).toMillis();
    run.report().fact("hints behind " + held + " held jobs back after", took + " ms");
    if (!back) {
      run.report()
          .violation(
              "jobs behind held ones stood still",
              "of " + BEHIND + " hints " + testBed.hints() + " are back after " + took + " ms");
    }
  }
}
