package dev.millrace.drills.scenario;

import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.testbed.ChildProcesses;
import dev.millrace.drills.testbed.SlowSheets;
import dev.millrace.drills.testbed.TestBed;
import dev.millrace.drills.testbed.Waits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * D17: queue workers share master syncs of a slow server and are killed meanwhile, mostly while
 * they load a large sheet. Every sync ends with the items of its version, counted once.
 */
public final class MasterSync implements Scenario {
  private static final Duration PER_READ = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final String OTHER_PROGRAM = "another program";
  private static final int KILLS_OF_A_SYNC = 2;

  @Override
  public String name() {
    return "master-sync";
  }

  @Override
  public String number() {
    return "D17";
  }

  @Override
  public String summary() {
    return "queue workers are killed during master syncs; items, counts and progress are right";
  }

  @Override
  public void run(Run run) {
    DrillReport report = run.report();
    SlowSheets.Size size =
        new SlowSheets.Size(
            run.size(8, 200), run.size(100, 1_000), run.size(40_000, 200_000), PER_READ);
    try (SlowSheets sheets = new SlowSheets(size);
        TestBed testBed =
            TestBed.open(
                run,
                TestBed.Settings.of(run)
                    .withHands(1)
                    .tell(Map.of("master", sheets.master().toString())),
                1)) {
      Syncs syncs = new Syncs(testBed, sheets, report, new Random(run.seed()));
      if (run.full()) {
        compare(testBed, syncs, size.withoutBig(), report);
      } else {
        report.fact("first sync", syncs.sync(0, size).toMillis() + " ms");
        testBed.processes().startWorkers(1);
      }
      testBed.redis().client().set("sync:lock", OTHER_PROGRAM);
      int rounds = run.size(2, 6);
      for (int round = 0; round < rounds; round++) {
        Duration unused = syncs.sync(KILLS_OF_A_SYNC, size);
      }
      if (!OTHER_PROGRAM.equals(testBed.redis().client().get("sync:lock"))) {
        report.violation(
            "locks of another program taken",
            "sync:lock is " + testBed.redis().client().get("sync:lock"));
      }
      long tables =
          testBed.number("SELECT count(*) FROM pg_class WHERE relname LIKE 'sync\\_staging\\_%'");
      if (tables > 0) {
        report.violation("staging tables left", tables + " tables");
      }
      report.goal("kills", syncs.kills, rounds);
      report.goal(
          "loads that a later attempt went on with",
          testBed.number(
              "SELECT count(*) FROM millrace.job_logs WHERE message LIKE 'goes on behind row %'"),
          run.size(1, 3));
    }
  }

  /** The same sheets by one queue worker and by four, each of one executor thread. */
  private static void compare(
      TestBed testBed, Syncs syncs, SlowSheets.Size size, DrillReport report) {
    report.fact("first sync", syncs.sync(0, size).toMillis() + " ms");
    Duration one = syncs.sync(0, size);
    testBed.processes().startWorkers(3);
    Duration four = syncs.sync(0, size);
    report.fact("one queue worker", one.toMillis() + " ms");
    report.fact("four queue workers", four.toMillis() + " ms");
    report.goal(
        "of it, saved by four, in percent", 100 - 100 * four.toMillis() / one.toMillis(), 66);
  }

  /** The syncs of one run, one after the other, each of the next version of all sheets. */
  private static final class Syncs {
    private final TestBed testBed;
    private final SlowSheets sheets;
    private final DrillReport report;
    private final Random random;
    private int version;
    private boolean bigStored;
    private int kills;

    Syncs(TestBed testBed, SlowSheets sheets, DrillReport report, Random random) {
      this.testBed = testBed;
      this.sheets = sheets;
      this.report = report;
      this.random = random;
    }

    Duration sync(int killsOfIt, SlowSheets.Size size) {
      version++;
      sheets.serve(version, size);
      long began = System.nanoTime();
      long job =
          testBed.number(
              "SELECT job_id FROM millrace.enqueue('sync.master', '{}', unique_key => 'worker:master_sync')");
      int killsBefore = kills;
      long[] progress = {0, 0};
      testBed
          .waits()
          .await(
              "a master sync ends",
              LONGEST,
              () -> {
                watch(job, progress);
                if (kills - killsBefore < killsOfIt) {
                  kill(kills == killsBefore);
                }
                return testBed.number(
                        "SELECT count(*) FROM millrace.jobs WHERE id = ? AND finished_at IS NOT NULL",
                        job)
                    == 1;
              });
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      watch(job, progress);
      if (progress[0] != size.all() || progress[1] != size.all()) {
        report.violation(
            "progress that does not end at all of all",
            "%d of %d, suppliers: %d".formatted(progress[0], progress[1], size.all()));
      }
      check(job, size);
      return took;
    }

    /** Progress never goes back; readers never see two versions of one sheet. */
    private void watch(long job, long[] progress) {
      long current =
          testBed.number(
              "SELECT children_total - children_left FROM millrace.jobs WHERE id = ?", job);
      progress[1] = testBed.number("SELECT children_total FROM millrace.jobs WHERE id = ?", job);
      if (current < progress[0]) {
        report.violation(
            "progress that went back", "from %d to %d".formatted(progress[0], current));
      }
      progress[0] = current;
      long versions =
          testBed.number(
              "SELECT count(DISTINCT i.current_price) FROM public.supplier_items i JOIN public.suppliers s ON s.id = i.supplier_id"
                  + " WHERE s.code = 'big' AND i.vanished_at IS NULL");
      if (versions > 1) {
        report.violation("readers that saw two sheets of a supplier", versions + " versions");
      }
    }

    /** Kills the queue worker that loads the large sheet, or any that syncs a supplier. */
    private void kill(boolean whileLoading) {
      Optional<String> victim =
          testBed
              .texts(
                  whileLoading
                      ? "SELECT j.worker_id FROM millrace.sync_loads l JOIN millrace.jobs j ON j.id = l.job_id"
                          + " JOIN pg_class c ON c.relname = 'sync_staging_' || l.job_id"
                          + " WHERE l.result IS NULL AND j.state = 'processing' AND pg_relation_size(c.oid) > 300000"
                      : "SELECT worker_id FROM millrace.jobs WHERE kind = 'sync.supplier' AND state = 'processing' AND attempt = 1")
              .stream()
              .findAny();
      if (victim.isPresent()) {
        if (!whileLoading) {
          Waits.pause(Duration.ofMillis(random.nextInt(100)));
        }
        for (ChildProcesses.Slot worker : testBed.processes().workers()) {
          if (victim.get().startsWith(worker.name())) {
            worker.kill();
            kills++;
          }
        }
      }
    }

    private void check(long job, SlowSheets.Size size) {
      broken(
          "children that did not complete",
          "SELECT id || ' ' || state || coalesce(': ' || error, '') FROM millrace.jobs WHERE parent_id = ? AND state <> 'completed'",
          job);
      int firstSmall = version;
      for (String wrong :
          testBed.texts(
              "SELECT s.code || ': ' || count(*) || ' items, prices ' || min(i.current_price) || ' to ' || max(i.current_price)"
                  + " FROM public.suppliers s JOIN public.supplier_items i ON i.supplier_id = s.id AND i.vanished_at IS NULL"
                  + " GROUP BY s.code"
                  + " HAVING count(*) <> CASE s.code WHEN 'big' THEN ?::bigint ELSE ?::bigint END"
                  + " OR min(i.current_price) <> ?::numeric OR max(i.current_price) <> ?::numeric"
                  + " OR min(substr(i.supplier_sku, 3)::integer) <> CASE s.code WHEN 'big' THEN 0 ELSE ?::integer END",
              size.bigRows(),
              size.rows(),
              version,
              version,
              firstSmall)) {
        report.violation("items that are not those of the sheet", wrong);
      }
      int known = version == 1 ? 0 : size.suppliers();
      int bigKnown = bigStored ? size.bigRows() : 0;
      bigStored = size.bigRows() > 0;
      String expected =
          "%d inserted, %d changed, %d vanished, 0 rejected"
              .formatted(
                  (version == 1 ? size.suppliers() * size.rows() : known)
                      + size.bigRows()
                      - bigKnown,
                  known * (size.rows() - 1) + bigKnown,
                  known);
      List<String> found =
          testBed.texts(
              "SELECT sum((result->>'inserted')::bigint) || ' inserted, ' || sum((result->>'changed')::bigint) || ' changed, '"
                  + " || sum((result->>'vanished')::bigint) || ' vanished, ' || sum((result->>'rejected')::bigint) || ' rejected'"
                  + " FROM millrace.jobs WHERE parent_id = ?",
              job);
      if (!found.equals(List.of(expected))) {
        report.violation("results that do not add up", found + ", expected " + expected);
      }
      broken(
          "log rows lost or doubled",
          "SELECT j.id || ': ' || count(l.id) FROM millrace.jobs j LEFT JOIN public.parsing_logs l ON l.task_id = j.id::text"
              + " WHERE j.parent_id = ? GROUP BY j.id HAVING count(l.id) <> 1",
          job);
    }

    private void broken(String rule, String sql, long job) {
      testBed.texts(sql, job).forEach(one -> report.violation(rule, one));
    }
  }
}
