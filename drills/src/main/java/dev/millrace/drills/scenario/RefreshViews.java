package dev.millrace.drills.scenario;

import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.child.ChildEvent;
import dev.millrace.drills.testbed.ChildProcesses;
import dev.millrace.drills.testbed.TestBed;
import dev.millrace.drills.testbed.ViewWorkload;
import dev.millrace.drills.testbed.Waits;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * D9: tables are written without pause while their views are refreshed, and refreshes are
 * cancelled, their sessions ended, their queue workers killed, or frozen until others have their
 * jobs.
 */
public final class RefreshViews implements Scenario {
  private static final int WRITERS = 6;
  private static final Duration MAX_WAIT = Duration.ofMinutes(2);
  private static final int MOST_GROWTH = 5;

  /** Until a frozen worker's refresh is tried by another, at most, beyond twice the lease. */
  private static final Duration BEYOND = Duration.ofSeconds(5);

  /**
   * How a refresh is ended: by its queue worker's death, its session's, its statement's, or by the
   * fence of a newer attempt.
   */
  private enum Way {
    KILL,
    TERMINATE,
    CANCEL,
    FREEZE
  }

  private static final List<Way> WAYS =
      List.of(Way.CANCEL, Way.TERMINATE, Way.FREEZE, Way.KILL, Way.CANCEL, Way.TERMINATE);

  /**
   * A worker that goes on stops what it has lost, and is faster than its refresh now and then. What
   * has not come to its commit in this many times the commits that are to be refused, will not.
   */
  private static final int TRIES = 10;

  @Override
  public String name() {
    return "refresh-views";
  }

  @Override
  public String number() {
    return "D9";
  }

  @Override
  public String summary() {
    return "refreshes are cancelled, killed and frozen; at rest every view is what its query says";
  }

  @Override
  public void run(Run run) {
    Random random = new Random(run.seed());
    DrillReport report = run.report();
    int refreshes = run.size(25, 500);
    int hits = run.size(10, 100);
    int rounds = run.size(8, 25);
    int refusals = run.size(1, 10);
    TestBed.Settings settings =
        TestBed.Settings.of(run).withLease(Duration.ofSeconds(run.size(2, 3)));
    try (TestBed testBed = TestBed.open(run, settings, 2);
        ViewWorkload views = ViewWorkload.open(testBed, run.seed(), WRITERS)) {
      for (int round = 1; round <= rounds; round++) {
        while (views.hits() < (long) hits * round / rounds) {
          hit(testBed, views, random, WAYS.get((int) views.hits() % WAYS.size()));
        }
        long wanted = (long) refreshes * round / rounds;
        testBed
            .waits()
            .await(
                "refreshes go on",
                MAX_WAIT,
                () -> {
                  views.hurry();
                  return views.refreshes() >= wanted;
                });
        views.whileWritersRest(() -> rest(testBed, views, report));
      }
      for (int tries = 0; refused(testBed) < refusals && tries < refusals * TRIES; tries++) {
        hit(testBed, views, random, Way.FREEZE);
      }
      views.whileWritersRest(() -> rest(testBed, views, report));
      views.stop();
      views.check(report, MOST_GROWTH);
      report.fact("times that everything came to rest", rounds + 1);
      report.goal("refreshes", views.refreshes(), refreshes);
      report.goal("refreshes that were hit", views.hits(), hits);
      report.goal("commits refused in time", refused(testBed), refusals);
    }
  }

  /** What is lost while the writers rest is not made good by the next write. */
  private static void rest(TestBed testBed, ViewWorkload views, DrillReport report) {
    if (!testBed.waits().happens(testBed.lease().multipliedBy(2).plusSeconds(20), views::atRest)) {
      report.violation("views that do not come to rest", views.unrest());
    }
    views.checkViews(report);
  }

  private static long refused(TestBed testBed) {
    return testBed.processes().count(ChildEvent.COMMIT_REFUSED);
  }

  /** Waits for a refresh to run, lets it go on for a moment, and hits it in one of these ways. */
  private static void hit(TestBed testBed, ViewWorkload views, Random random, Way way) {
    testBed
        .waits()
        .await(
            "a refresh is hit",
            MAX_WAIT,
            () -> {
              views.hurry();
              long running = views.running();
              if (running == 0) {
                return false;
              }
              Waits.pause(Duration.ofMillis(random.nextInt(30)));
              return switch (way) {
                case KILL -> kill(testBed, views);
                case TERMINATE -> views.end(running, "pg_terminate_backend");
                case CANCEL -> views.end(running, "pg_cancel_backend");
                case FREEZE -> freeze(testBed, views, running);
              };
            });
  }

  /** Kills a queue worker in the midst of a refresh. */
  private static boolean kill(TestBed testBed, ViewWorkload views) {
    for (ChildProcesses.Slot worker : testBed.processes().workers()) {
      if (testBed.jobs().processing(worker.pid()) > 0 && views.running() != 0) {
        worker.kill();
        views.noteKill();
        return true;
      }
    }
    return false;
  }

  /**
   * Freezes the queue worker of a refresh until a newer attempt waits for its transaction. It goes
   * on with a job that is not its own any more.
   */
  private static boolean freeze(TestBed testBed, ViewWorkload views, long running) {
    String client = views.client(running);
    for (ChildProcesses.Slot worker : testBed.processes().workers()) {
      if (worker.name().equals(client)) {
        worker.freeze();
        try {
          if (testBed
              .waits()
              .happens(
                  testBed.lease().multipliedBy(2).plus(BEYOND), () -> views.awaited(running))) {
            views.noteFreeze();
            return true;
          }
        } finally {
          worker.thaw();
        }
      }
    }
    return false;
  }
}
