package dev.millrace.drills.scenario;

import dev.millrace.drills.Report;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.stage.Stage;
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
  private static final Duration SOON = Duration.ofSeconds(60);
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
    Report report = run.report();
    try (Stage stage = Stage.open(run, Stage.Settings.of(run), run.size(2, 4))) {
      List<Long> old = new ArrayList<>();
      for (int i = 0; i < flushes; i++) {
        old.addAll(stage.feeder().enqueue(run.size(60, 400)));
        String key = "key-" + random.nextInt(KEYS);
        old.addAll(stage.feeder().enqueueLocked(key, LOCKED_MILLIS));
        stage.await(
            "the lock key is held",
            SOON,
            () ->
                stage.number(
                        "SELECT count(*) FROM millrace.jobs WHERE lock_key = ? AND state = 'processing'",
                        key)
                    > 0);
        stage.redis().tell(jedis -> jedis.flushAll());
        old.addAll(stage.feeder().enqueueLocked(key, LOCKED_MILLIS));
        lie(stage, old, random);
      }
      stage.drain();
      report.fact("FLUSHALLs", flushes);
      mended(stage, run);
      stage.drain();
      behindHeld(stage, run);
      stage.drain();
      stage.check();
    }
  }

  /** Hints for whatever there has been, and for ids that nobody has. */
  private static void lie(Stage stage, List<Long> ids, Random random) {
    List<ReadyJob> hints = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      hints.add(hint(ids.get(random.nextInt(ids.size()))));
      hints.add(hint(1_000_000_000L + random.nextInt(1_000_000)));
    }
    stage.ready().push(Stage.LANE, hints, false);
  }

  private static ReadyJob hint(long jobId) {
    return new ReadyJob(Rank.of(0, jobId), null);
  }

  /** With every worker frozen, what vanishes from Redis must come back by the leader's work. */
  private static void mended(Stage stage, Run run) {
    stage.fleet().workers().forEach(worker -> worker.freeze());
    try {
      int jobs = run.size(50, 500);
      Duration most = Duration.ofSeconds(run.size(15, 5));
      stage.feeder().enqueue(jobs);
      stage.redis().tell(jedis -> jedis.flushAll());
      long began = System.nanoTime();
      if (!stage.happens(most, () -> stage.hints() >= jobs)) {
        run.report()
            .violation(
                "Redis was not mended",
                "of "
                    + jobs
                    + " hints "
                    + stage.hints()
                    + " are back after "
                    + most.toSeconds()
                    + " s");
      }
      run.report()
          .fact(
              "hints back after a FLUSHALL",
              Duration.ofNanos(System.nanoTime() - began).toMillis() + " ms");
    } finally {
      stage.fleet().workers().forEach(worker -> worker.thaw());
    }
  }

  /**
   * Every queue worker is busy, so that only the leader looks into Postgres, and at the near end of
   * the lane stand jobs whose lock key is held. The hints of those behind them must come back.
   */
  private static void behindHeld(Stage stage, Run run) {
    String key = "held";
    int held = run.size(1_200, 2_000); // more than a page of the leader's look
    List<Long> unused = stage.feeder().enqueueLocked(key, HOLD_MILLIS);
    stage.feeder().enqueueLong(stage.hands() - 1, HOLD_MILLIS);
    stage.await("all are busy", SOON, () -> stage.jobs().processing() == stage.hands());
    stage.feeder().enqueueLockedEmpty(key, held);
    stage.feeder().enqueueEmpty(BEHIND);
    stage.redis().tell(jedis -> jedis.flushAll());
    long began = System.nanoTime();
    boolean back = stage.happens(NOT_LONG, () -> stage.hints() >= BEHIND);
    long took = Duration.ofNanos(System.nanoTime() - began).toMillis();
    run.report().fact("hints behind " + held + " held jobs back after", took + " ms");
    if (!back) {
      run.report()
          .violation(
              "jobs behind held ones stood still",
              "of " + BEHIND + " hints " + stage.hints() + " are back after " + took + " ms");
    }
  }
}
