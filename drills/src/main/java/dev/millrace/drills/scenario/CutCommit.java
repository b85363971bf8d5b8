package dev.millrace.drills.scenario;

import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.testbed.JobProducer;
import dev.millrace.drills.testbed.TestBed;
import dev.millrace.drills.testbed.Waits;
import java.time.Duration;
import java.util.Random;

/**
 * D7: connections to Postgres are cut when a commit has been sent and its answer has not come:
 * those of the client and of the workers, whatever they commit. Some are reset, or go silent, at
 * other moments.
 */
public final class CutCommit implements Scenario {
  private static final int ONE_IN = 12;

  private static final Duration WITHIN = Duration.ofMinutes(10);

  /** A silent connection is found out after ten seconds or the time-out of the job. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(25);

  @Override
  public String name() {
    return "cut-commit";
  }

  @Override
  public String number() {
    return "D7";
  }

  @Override
  public String summary() {
    return "connections cut after COMMIT was sent, or silent; nothing lost, nothing twice";
  }

  @Override
  public void run(Run run) {
    Random random = new Random(run.seed());
    DrillReport report = run.report();
    int goal = run.size(40, 500);
    int claims = run.size(3, 30);
    try (TestBed testBed = TestBed.open(run, TestBed.Settings.of(run), 2)) {
      cutAll(testBed, ONE_IN, random);
      JobProducer.Feed fed = testBed.producer().enqueueSteadily(run.size(1, 6_000), 50);
      long end = System.nanoTime() + WITHIN.toNanos();
      while (cuts(testBed) < goal && System.nanoTime() < end) {
        Waits.pause(Duration.ofMillis(run.size(700, 5_000)));
        testBed.processes().workers().get(random.nextInt(2)).proxy().reset();
      }
      fed.finish();
      cutAll(testBed, 0, random);
      if (testBed.waits().drain()) {
        report.goal("claims cut", cutClaims(testBed, claims, random), claims);
        silence(testBed, run.size(1, 10));
      }
      testBed.verdict().check();
      report.goal("connections cut after COMMIT", cuts(testBed), goal);
    }
  }

  /**
   * The first commit of an idle queue worker that gets a job is its claim: each is cut. A worker
   * whose lease ends would lose its claims anyway, so its other commits are let through.
   */
  private static int cutClaims(TestBed testBed, int times, Random random) {
    int cut = 0;
    for (int i = 0; i < times; i++) {
      long before = workerCuts(testBed);
      cutWorkers(testBed, 1, random);
      testBed.producer().enqueue(1);
      if (testBed.waits().happens(Duration.ofSeconds(5), () -> workerCuts(testBed) > before)) {
        cut++;
      }
      cutWorkers(testBed, 0, random);
      testBed.waits().drain(MAX_WAIT);
    }
    return cut;
  }

  /** In the midst of transactions every connection swallows what is sent; new ones do not. */
  private static void silence(TestBed testBed, int times) {
    for (int i = 0; i < times; i++) {
      testBed.producer().enqueueLong(20, 700);
      testBed
          .waits()
          .await("jobs run", Duration.ofSeconds(30), () -> testBed.jobs().processing() > 4);
      testBed.processes().workers().forEach(worker -> worker.proxy().silence());
      testBed.waits().drain(MAX_WAIT);
    }
  }

  private static void cutAll(TestBed testBed, int oneIn, Random random) {
    testBed.clientProxy().cutCommits(oneIn, random.nextLong());
    cutWorkers(testBed, oneIn, random);
  }

  private static void cutWorkers(TestBed testBed, int oneIn, Random random) {
    testBed
        .processes()
        .workers()
        .forEach(worker -> worker.proxy().cutCommits(oneIn, random.nextLong()));
  }

  private static long cuts(TestBed testBed) {
    return testBed.clientProxy().cuts() + workerCuts(testBed);
  }

  private static long workerCuts(TestBed testBed) {
    return testBed.processes().workers().stream().mapToLong(worker -> worker.proxy().cuts()).sum();
  }
}
