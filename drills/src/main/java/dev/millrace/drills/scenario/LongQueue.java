package dev.millrace.drills.scenario;

import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.child.ChildEvent;
import dev.millrace.drills.testbed.JobRows;
import dev.millrace.drills.testbed.TestBed;
import dev.millrace.drills.testbed.Waits;
import dev.millrace.queue.ReadyJobs;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * D16: many more jobs than Redis is to hold. The leader's look at the queue must cost what it costs
 * at a short one, also while an idle session keeps Postgres from clearing away what has gone. Redis
 * must hold a window and no more, and be empty again with the queue.
 */
public final class LongQueue implements Scenario {
  private static final Duration WITHIN = Duration.ofSeconds(60);

  /** A worker learns of each hint of a window by itself that its job is gone. */
  private static final Duration EMPTY = Duration.ofMinutes(3);

  private static final Duration WATCHED = Duration.ofSeconds(4);

  /** The best of them counts: connections tell what they have read some seconds late. */
  private static final int WATCHES = 3;

  private static final int RUN = 3_000;

  /** Two looks a second at the near thousand of one lane, and as much again to spare. */
  private static final long MOST_ROWS_PER_SECOND = 5_000;

  /** Beside an old snapshot: looks that must read all of it rest long enough in between. */
  private static final long MOST_GONE_PER_SECOND = 400_000;

  /**
   * A job and its index entries are read when it is claimed and when it is recorded; the leader's
   * looks meanwhile count as well.
   */
  private static final long MOST_ROWS_PER_JOB = 100;

  private static final long MOST_BYTES = 8L << 20;
  private static final long SPARE_BYTES = 1L << 20;

  @Override
  public String name() {
    return "long-queue";
  }

  @Override
  public String number() {
    return "D16";
  }

  @Override
  public String summary() {
    return "a million queued jobs; the leader reads a thousand, Redis holds a window, and empties";
  }

  @Override
  public void run(Run run) {
    int jobs = run.size(100_000, 1_000_000);
    DrillReport report = run.report();
    try (TestBed testBed = TestBed.empty(run, TestBed.Settings.of(run))) {
      testBed.processes().startLeader();
      testBed.processes().awaitReady();
      long base = testBed.redisServer().memory();
      testBed.processes().start("client", "client", Map.of("jobs", Integer.toString(jobs)));
      testBed
          .waits()
          .await(
              "jobs are enqueued",
              Duration.ofMinutes(10),
              () -> testBed.processes().count(ChildEvent.ENQUEUED) > 0);
      report.fact("jobs queued", jobs);
      holdsWindow(testBed, report, base);
      testBed.jobs().settle();
      readsLittle(testBed, report);
      runSome(testBed, report);
      testBed.besideSnapshot(() -> empty(testBed, report, base));
      testBed.verdict().checkWhatIsThere();
    }
  }

  private static void holdsWindow(TestBed testBed, DrillReport report, long base) {
    long bytes = testBed.redisServer().memory() - base;
    report.fact("of them in Redis", testBed.hints());
    report.fact("Redis memory they take", kilobytes(bytes));
    if (testBed.hints() > ReadyJobs.WINDOW || bytes > MOST_BYTES) {
      report.violation(
          "Redis holds more than a window", testBed.hints() + " jobs, " + kilobytes(bytes));
    }
  }

  private static void readsLittle(TestBed testBed, DrillReport report) {
    JobRows.Reads read = watchLeader(testBed);
    report.fact("rows the leader reads per second", read.rows());
    report.fact("scans of the whole table meanwhile", read.scans());
    if (read.rows() > MOST_ROWS_PER_SECOND || read.scans() > 0) {
      report.violation(
          "the leader reads the backlog", read.rows() + " rows a second, scans " + read.scans());
    }
  }

  private static void passesByWhatIsGone(TestBed testBed, DrillReport report) {
    JobRows.Reads read = watchLeader(testBed);
    report.fact("rows read per second beside an old snapshot", read.rows());
    if (read.rows() > MOST_GONE_PER_SECOND) {
      report.violation("the leader reads what has gone", read.rows() + " rows a second");
    }
  }

  /**
   * With no queue worker at work, all that is read of the queue is read by the leader: per second.
   */
  private static JobRows.Reads watchLeader(TestBed testBed) {
    long rows = Long.MAX_VALUE;
    long scans = Long.MAX_VALUE;
    for (int i = 0; i < WATCHES; i++) {
      JobRows.Reads before = testBed.jobs().reads();
      Waits.pause(WATCHED);
      JobRows.Reads read = testBed.jobs().reads().minus(before);
      rows = Math.min(rows, read.rows() / WATCHED.toSeconds());
      scans = Math.min(scans, read.scans());
    }
    return new JobRows.Reads(rows, scans);
  }

  private static void runSome(TestBed testBed, DrillReport report) {
    JobRows.Reads before = testBed.jobs().reads();
    testBed.processes().startWorkers(1);
    long began = System.nanoTime();
    if (!testBed.waits().happens(WITHIN, () -> testBed.jobs().effects() >= RUN)) {
      report.violation(
          "jobs are not run", testBed.jobs().effects() + " of " + RUN + " were in time");
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    long completed = testBed.jobs().effects();
    JobRows.Reads read = testBed.jobs().reads().minus(before);
    long perJob = read.rows() / Math.max(1, completed);
    report.fact(
        "jobs run by one worker", String.format(Locale.ROOT, "%d in %.1f s", completed, seconds));
    report.fact("rows read per job run", perJob);
    if (perJob > MOST_ROWS_PER_JOB) {
      report.violation("a claim reads the backlog", perJob + " rows a job");
    }
  }

  /** What is left disappears from under Redis' hints: they are harmless, and go. */
  private static void empty(TestBed testBed, DrillReport report, long base) {
    testBed.jobs().removeQueued();
    testBed.waits().drain();
    passesByWhatIsGone(testBed, report);
    boolean gone = testBed.waits().happens(EMPTY, () -> testBed.hints() == 0);
    boolean small =
        testBed.waits().happens(WITHIN, () -> testBed.redisServer().memory() - base < SPARE_BYTES);
    report.fact(
        "Redis memory when the queue is empty", kilobytes(testBed.redisServer().memory() - base));
    if (!gone || !small) {
      report.violation(
          "Redis does not come back to its base line",
          testBed.hints()
              + " hints, "
              + kilobytes(testBed.redisServer().memory() - base)
              + " more");
    }
    long next = testBed.jobs().completed() + 100;
    testBed.producer().enqueueEmpty(100);
    if (!testBed.waits().completes(next, WITHIN)) {
      report.violation("jobs are not run", "those enqueued after the queue had been emptied");
    }
  }

  private static String kilobytes(long bytes) {
    return bytes / 1024 + " kB";
  }
}
