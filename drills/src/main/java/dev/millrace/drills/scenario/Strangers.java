package dev.millrace.drills.scenario;

import dev.millrace.drills.DrillException;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.testbed.Stranger;
import dev.millrace.drills.testbed.TestBed;
import java.time.Duration;
import java.util.Map;

/**
 * D19: other sessions hold rows, snapshots and the locks of a dump while jobs of every shape run
 * and schedules fire. Work that they do not hold goes on as before.
 */
public final class Strangers implements Scenario {
  private static final int SCHEDULES = 4;

  /**
   * Those of the schedules above: the mixed work has disabled ones, whose slots are recorded too.
   */
  private static final String FIRES =
      " FROM millrace.fires WHERE schedule LIKE 'each\\_second\\_%'";

  /** Of what completes without strangers, in per cent of the jobs that are made meanwhile. */
  private static final int AT_LEAST = 80;

  /** How much later than without strangers nine in ten of the unheld jobs may begin. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(1);

  private static final Duration STANDSTILL = Duration.ofSeconds(5);

  /** In the small form, whose strangers hold what they have for less time. */
  private static final Duration SHORT_STANDSTILL = Duration.ofSeconds(2);

  @Override
  public String name() {
    return "strangers";
  }

  @Override
  public String number() {
    return "D19";
  }

  @Override
  public String summary() {
    return "other sessions hold rows and snapshots; all that they do not hold goes on";
  }

  @Override
  public void run(Run run) {
    int enqueues = run.size(150, 3_000);
    Duration pause = Duration.ofMillis(40);
    try (TestBed testBed = TestBed.empty(run, TestBed.Settings.of(run))) {
      schedules(testBed);
      for (int node = 1; node <= 2; node++) {
        testBed
            .processes()
            .start("scheduler", "scheduler-" + node, Map.of("missed_after", "6000"))
            .awaitReady();
      }
      testBed.processes().startWorkers(run.size(2, 3));
      MixedWork work = new MixedWork(testBed);
      work.enqueue(enqueues / 3, pause); // warm, and every schedule fires
      testBed
          .waits()
          .await(
              "all schedules fire",
              Duration.ofSeconds(60),
              () -> testBed.number("SELECT count(DISTINCT schedule)" + FIRES) == SCHEDULES);
      work.drain();
      Window alone = window(testBed, () -> work.enqueue(enqueues, pause));
      work.drain(); // a machine that falls behind must not carry it into the other window
      Stranger stranger = testBed.stranger(3, Duration.ofSeconds(run.size(6, 30)));
      Window beside;
      try {
        beside = window(testBed, () -> work.enqueue(enqueues * run.size(1, 3), pause));
      } finally {
        stranger.close();
      }
      boolean settled =
          testBed.waits().happens(Duration.ofSeconds(30), () -> missed(testBed, beside) == 0);
      work.drain();
      judge(run, testBed, alone, beside, settled);
      work.check(run.report());
      testBed.verdict().check();
    }
  }

  private static void schedules(TestBed testBed) {
    testBed.execute("DELETE FROM public.background_workers");
    testBed.execute(
        "INSERT INTO public.background_workers (worker_name, interval_seconds, kind,"
            + " overlap_policy, misfire_policy, misfire_limit) SELECT 'each_second_' || n, 1,"
            + " 'drill.slot', 'allow', 'all', 1000 FROM generate_series(1, ?) n",
        SCHEDULES);
  }

  /** From one second of the database's clock to another. */
  private record Window(long begin, long end) {}

  private static Window window(TestBed testBed, Runnable work) {
    long begin = testBed.number("SELECT extract(epoch FROM clock_timestamp())::bigint");
    work.run();
    return new Window(
        begin, testBed.number("SELECT extract(epoch FROM clock_timestamp())::bigint"));
  }

  /** Slots of the schedules without a job. */
  private static long missed(TestBed testBed, Window window) {
    return (window.end() - window.begin()) * SCHEDULES
        - testBed.number(
            "SELECT count(DISTINCT (schedule, fire_time))"
                + FIRES
                + " AND fire_time > to_timestamp(?) AND fire_time <= to_timestamp(?)",
            window.begin(),
            window.end());
  }

  private static void judge(
      Run run, TestBed testBed, Window alone, Window beside, boolean settled) {
    long without = share(testBed, alone);
    long with = share(testBed, beside);
    if (without == 0) {
      throw new DrillException("no job completed before the strangers came");
    }
    long ratio = 100 * with / without;
    run.report().fact("completed of those made, alone", without + " %");
    run.report().fact("completed of those made, beside strangers", with + " %");
    if (run.full() && ratio < AT_LEAST) { // the small form is too short for a ratio
      run.report()
          .violation("work stood still beside strangers", ratio + " % of the rate without them");
    }
    waits(run, testBed, alone, beside);
    standstill(run, testBed, alone, beside, "completions", "completed");
    standstill(run, testBed, alone, beside, "claims", "processing");
    long fires = gap(testBed, beside, "SELECT fired_at AS at" + FIRES);
    run.report().fact("longest gap between fires", fires + " ms");
    if (!settled || fires > STANDSTILL.toMillis()) {
      run.report()
          .violation(
              "schedules stood still beside strangers",
              missed(testBed, beside) + " slots missed, the longest gap " + fires + " ms");
    }
    run.report().goal("holds", testBed.number("SELECT count(*) FROM drill.holds"), run.size(4, 30));
  }

  /** Jobs that no key and no parent holds back begin as soon as they do without strangers. */
  private static void waits(Run run, TestBed testBed, Window alone, Window beside) {
    long without = wait(testBed, alone);
    long with = wait(testBed, beside);
    run.report().fact("wait of unheld jobs, p90, alone", without + " ms");
    run.report().fact("wait of unheld jobs, p90, beside strangers", with + " ms");
    if (with > 3 * without + MAX_WAIT.toMillis()) {
      run.report()
          .violation(
              "work stood still beside strangers", "unheld jobs waited " + with + " ms (p90)");
    }
  }

  /** From the insert to the first claim, in milliseconds, of nine in ten of them. */
  private static long wait(TestBed testBed, Window window) {
    return testBed.number(
        "SELECT coalesce(percentile_cont(0.9) WITHIN GROUP (ORDER BY"
            + " extract(epoch FROM claimed.at - h.at) * 1000), 0)::bigint"
            + " FROM drill.history h JOIN millrace.jobs j ON j.id = h.job_id"
            + " CROSS JOIN LATERAL (SELECT min(c.at) AS at FROM drill.history c"
            + " WHERE c.job_id = h.job_id AND c.state = 'processing') claimed"
            + " WHERE h.old_state IS NULL AND h.state = 'queued' AND j.kind = 'drill.mixed'"
            + " AND j.lock_key IS NULL AND j.limit_key IS NULL"
            + " AND h.at BETWEEN to_timestamp(?) AND to_timestamp(?)",
        window.begin(),
        window.end());
  }

  private static void standstill(
      Run run, TestBed testBed, Window alone, Window beside, String what, String state) {
    String moments = "SELECT at FROM drill.history WHERE state = '" + state + "'";
    long gap = gap(testBed, beside, moments);
    run.report().fact("longest gap between " + what, gap + " ms");
    long most =
        run.full()
            ? STANDSTILL.toMillis()
            : Math.max(SHORT_STANDSTILL.toMillis(), 3 * gap(testBed, alone, moments));
    if (gap > most) {
      run.report()
          .violation("work stood still beside strangers", "no " + what + " for " + gap + " ms");
    }
  }

  /** Jobs that completed within the window, per cent of those that were made in it. */
  private static long share(TestBed testBed, Window window) {
    return testBed.number(
        "SELECT 100 * count(*) FILTER (WHERE h.state = 'completed')"
            + " / greatest(count(*) FILTER (WHERE h.old_state IS NULL), 1) FROM drill.history h"
            + " JOIN millrace.jobs j ON j.id = h.job_id"
            + " WHERE j.kind = 'drill.mixed' AND h.at BETWEEN to_timestamp(?) AND to_timestamp(?)",
        window.begin(),
        window.end());
  }

  /** The longest time in milliseconds without one of the moments, the window's ends counted. */
  private static long gap(TestBed testBed, Window window, String moments) {
    return testBed.number(
        "WITH bounds AS (SELECT to_timestamp(?) AS begin, to_timestamp(?) AS end), moments AS ("
            + "SELECT m.at FROM ("
            + moments
            + ") m, bounds b WHERE m.at BETWEEN b.begin AND b.end"
            + " UNION ALL SELECT b.begin FROM bounds b UNION ALL SELECT b.end FROM bounds b)"
            + " SELECT coalesce(max(extract(epoch FROM gap) * 1000), 0)::bigint"
            + " FROM (SELECT at - lag(at) OVER (ORDER BY at) AS gap FROM moments) gaps",
        window.begin(),
        window.end());
  }
}
