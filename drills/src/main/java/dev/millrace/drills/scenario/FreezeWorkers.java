package dev.millrace.drills.scenario;

import dev.millrace.drills.Scenario;
import dev.millrace.drills.child.ChildEvent;
import dev.millrace.drills.testbed.ChildProcesses;
import dev.millrace.drills.testbed.JobProducer;
import dev.millrace.drills.testbed.TestBed;
import dev.millrace.drills.testbed.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * D2: queue workers stop longer than twice their lease and then go on as if nothing had been: some
 * processes are frozen, others' way to Postgres is held up, so that what they had sent arrives when
 * their jobs belong to others.
 */
public final class FreezeWorkers implements Scenario {
  /** Most of the time between the effect's commit and the record, where an outcome can be held. */
  private static final JobProducer.Work WORK = new JobProducer.Work(20, 200, 300, 1);

  private static final Duration WITHIN = Duration.ofSeconds(60);

  /**
   * Rounds in which an old outcome arrived while a newer attempt was at work: chance decides, and
   * without a guard there must have been some.
   */
  private static final int AIMED = 2;

  /** A refused commit that has not happened in this many times the rounds will not happen. */
  private static final int MAX_ROUNDS = 4;

  /** Beyond twice the lease; Postgres ends a frozen worker's transaction after ten seconds. */
  private static final Duration BEYOND = Duration.ofSeconds(3);

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
    int workers = run.size(3, 6);
    int stopped = run.size(2, 4);
    int goal = run.size(4, 200);
    int refusals = run.size(1, 50);
    Random random = new Random(run.seed());
    TestBed.Settings settings =
        TestBed.Settings.of(run).withWork(WORK).withLease(Duration.ofSeconds(run.size(2, 3)));
    try (TestBed testBed = TestBed.open(run, settings, workers)) {
      int pauses = 0;
      int aimed = 0;
      JobProducer.Feed fed = testBed.producer().enqueueSteadily(1, 25);
      while (pauses < goal
          || (pauses < goal * MAX_ROUNDS
              && (run.without().isPresent()
                  ? aimed < AIMED
                  : testBed.processes().count(ChildEvent.COMMIT_REFUSED) < refusals))) {
        List<ChildProcesses.Slot> slots = new ArrayList<>(testBed.processes().workers());
        Collections.shuffle(slots, random);
        aimed +=
            round(testBed, slots.subList(0, stopped / 2), slots.subList(stopped / 2, stopped))
                ? 1
                : 0;
        pauses += stopped;
      }
      fed.finish();
      testBed.waits().drain();
      testBed.verdict().check();
      run.report().fact("pauses beyond twice the lease", pauses);
      run.report().fact("outcomes that met a newer attempt", aimed);
      run.report()
          .goal(
              "pauses that hit a running job", testBed.verdict().reportRescues(), run.size(2, 150));
      if (run.without().isEmpty()) {
        run.report()
            .goal(
                "commits refused in time",
                testBed.processes().count(ChildEvent.COMMIT_REFUSED),
                refusals);
      }
    }
  }

  /**
   * Workers stop until their jobs are in other hands, and go on.
   *
   * @return whether what one had sent arrived in the midst of a newer attempt
   */
  private static boolean round(
      TestBed testBed, List<ChildProcesses.Slot> frozen, List<ChildProcesses.Slot> held) {
    List<ChildProcesses.Slot> all = new ArrayList<>(frozen);
    all.addAll(held);
    testBed
        .waits()
        .await(
            "jobs on the workers that are to be stopped",
            WITHIN,
            () -> all.stream().allMatch(slot -> testBed.jobs().processing(slot.pid()) > 0));
    long began = System.nanoTime();
    frozen.forEach(ChildProcesses.Slot::freeze);
    held.forEach(slot -> slot.proxy().hold());
    try {
      all.forEach(slot -> testBed.noteLoss(slot.pid()));
      Duration most = testBed.lease().multipliedBy(2).plus(BEYOND);
      // best while a job is at work elsewhere whose old outcome is still on its way; a worker that
      // is let go before its lease has ended keeps its jobs
      boolean aimed =
          testBed
              .waits()
              .happens(
                  most,
                  () ->
                      held.stream().allMatch(slot -> hasNothing(testBed, slot.pid()))
                          && held.stream().anyMatch(slot -> outcomeOnItsWay(testBed, slot.pid())));
      held.forEach(slot -> slot.proxy().release());
      testBed
          .waits()
          .await(
              "the jobs of stopped workers are run by others",
              WITHIN,
              () -> all.stream().allMatch(slot -> takenOver(testBed, slot.pid())));
      Duration rest =
          testBed.lease().multipliedBy(2).minus(Duration.ofNanos(System.nanoTime() - began));
      Waits.pause(Duration.ofMillis(Math.max(0, rest.toMillis())));
      return aimed;
    } finally {
      frozen.forEach(ChildProcesses.Slot::thaw);
      held.forEach(slot -> slot.proxy().release());
    }
  }

  /**
   * Of what it had when it was stopped, that is; it may have ended its last job in the moment
   * before.
   */
  private static boolean hasNothing(TestBed testBed, long pid) {
    return testBed.number(
            """
            SELECT count(*) FROM millrace.jobs j JOIN millrace.queue_workers w USING (worker_id)
             WHERE j.state = 'processing' AND w.pid = ?
               AND j.started_at <= (SELECT max(at) FROM drill.losses l WHERE l.pid = w.pid)
            """,
            pid)
        == 0;
  }

  private static boolean outcomeOnItsWay(TestBed testBed, long pid) {
    return testBed.number(
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

  /** Nothing is left with it, and of what it lost some runs under a newer fence, or has. */
  private static boolean takenOver(TestBed testBed, long pid) {
    return hasNothing(testBed, pid)
        && testBed.number(
                """
                SELECT count(*) FROM (
                  SELECT count(h.job_id) AS again
                    FROM millrace.queue_workers w
                    JOIN millrace.job_attempts a ON a.worker_id = w.worker_id AND a.outcome = 'lost'
                     AND a.finished_at > (SELECT max(at) FROM drill.losses l WHERE l.pid = w.pid)
                    LEFT JOIN drill.history h ON h.job_id = a.job_id AND h.fence > a.fence AND h.state = 'processing'
                   WHERE w.pid = ? HAVING count(*) > 0) lost
                 WHERE again = 0
                """,
                pid)
            == 0;
  }
}
