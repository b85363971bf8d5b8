package dev.millrace.drills.scenario;

import dev.millrace.drills.Scenario;
import dev.millrace.drills.child.Event;
import dev.millrace.drills.stage.Feeder;
import dev.millrace.drills.stage.Fleet;
import dev.millrace.drills.stage.Stage;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * D2: queue workers stop longer than their lease and then go on as if nothing had been: one process
 * is frozen, another's way to Postgres is held up, so that what it had sent arrives when its jobs
 * belong to others.
 */
public final class FreezeWorkers implements Scenario {
  /** Most of the time between the effect's commit and the record, where an outcome can be held. */
  private static final Feeder.Work WORK = new Feeder.Work(20, 200, 300);

  /** Rounds in which an old outcome arrived while a newer attempt was at work. */
  private static final int AIMED = 2;

  private static final int MOST_ROUNDS = 8;

  @Override
  public String name() {
    return "freeze-workers";
  }

  @Override
  public String number() {
    return "D2";
  }

  @Override
  public String summary() {
    return "SIGSTOP, or a network that holds everything back, beyond the lease; no stale commit";
  }

  @Override
  public void run(Run run) {
    int rounds = run.size(2, 100);
    Random random = new Random(run.seed());
    try (Stage stage = Stage.open(run, Stage.Settings.of(run).withWork(WORK), 3)) {
      CompletableFuture<Void> fed =
          stage.feeder().enqueueSteadily(run.size(300, 16_000), run.size(25, 14));
      int pauses = 0;
      int aimed = 0;
      while (pauses < 2 * rounds || (aimed < AIMED && pauses < 2 * MOST_ROUNDS)) {
        int first = random.nextInt(3);
        aimed += round(stage, first, (first + 1 + random.nextInt(2)) % 3) ? 1 : 0;
        pauses += 2;
      }
      fed.join();
      stage.drain();
      stage.check();
      run.report().fact("pauses beyond the lease", pauses);
      run.report().fact("outcomes that met a newer attempt", aimed);
      run.report().goal("pauses that hit a running job", stage.reportRescues(), run.size(2, 150));
      if (run.without().isEmpty()) {
        run.report()
            .goal(
                "commits refused in time",
                stage.fleet().count(Event.COMMIT_REFUSED),
                run.size(1, 50));
      }
    }
  }

  /**
   * Two workers stop until their jobs are in other hands, and go on.
   *
   * @return whether what the one had sent arrived in the midst of a newer attempt
   */
  private static boolean round(Stage stage, int frozen, int held) {
    Fleet.Slot process = stage.fleet().workers().get(frozen);
    Fleet.Slot network = stage.fleet().workers().get(held);
    stage.await(
        "jobs on both workers",
        stage.lease().plusSeconds(15),
        () -> stage.processing(process.pid()) > 1 && stage.processing(network.pid()) > 1);
    process.freeze();
    network.proxy().hold();
    try {
      stage.noteLoss(process.pid());
      stage.noteLoss(network.pid());
      Duration most = stage.lease().multipliedBy(2).plusSeconds(8);
      // best while a job is at work elsewhere whose old outcome is still on its way
      boolean aimed = stage.happens(most, () -> outcomeOnItsWay(stage, network.pid()));
      network.proxy().release();
      Duration rest = stage.lease().plusSeconds(8);
      stage.await(
          "the jobs of stopped workers are run by others",
          rest,
          () -> takenOver(stage, process.pid()) && takenOver(stage, network.pid()));
      return aimed;
    } finally {
      process.thaw();
      network.proxy().release();
    }
  }

  private static boolean outcomeOnItsWay(Stage stage, long pid) {
    return stage.number(
            """
            SELECT count(*) FROM millrace.jobs j
              JOIN drill.effects e ON e.job_id = j.id AND e.fence < j.fence
              JOIN drill.history h ON h.job_id = j.id AND h.fence = e.fence AND h.state = 'processing'
              JOIN millrace.queue_workers w ON w.worker_id = h.worker_id AND w.pid = ?
              JOIN millrace.job_attempts a ON a.job_id = j.id AND a.fence = e.fence
               AND a.finished_at > (SELECT max(at) FROM drill.losses l WHERE l.pid = w.pid)
             WHERE j.state = 'processing'
            """,
            pid)
        > 0;
  }

  /** Nothing is left with it, and some of what it had runs under a newer fence, or has. */
  private static boolean takenOver(Stage stage, long pid) {
    return stage.number(
            """
            SELECT count(*) FROM millrace.queue_workers w
              JOIN drill.losses l ON l.pid = w.pid AND l.seq = (SELECT max(seq) FROM drill.losses WHERE pid = w.pid)
              JOIN millrace.job_attempts a ON a.worker_id = w.worker_id AND a.outcome = 'lost' AND a.finished_at > l.at
              JOIN drill.history h ON h.job_id = a.job_id AND h.fence > a.fence AND h.state = 'processing'
             WHERE w.pid = ?
            """,
            pid)
        > 0;
  }
}
