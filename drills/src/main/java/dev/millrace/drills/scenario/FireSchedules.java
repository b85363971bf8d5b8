package dev.millrace.drills.scenario;

import dev.millrace.drills.Scenario;
import dev.millrace.drills.testbed.ChildProcesses;
import dev.millrace.drills.testbed.TestBed;
import dev.millrace.drills.testbed.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * D8: three scheduler processes fire twenty schedules each second, and are killed and frozen at
 * random. Beside the real signals the two things happen on purpose that signals bring about only
 * now and then: a node that died between its commit and Quartz's (the fire comes again), and a
 * trigger that Quartz's cluster has forgotten.
 */
public final class FireSchedules implements Scenario {
  private static final int NODES = 3;
  private static final int SCHEDULES = 20;
  private static final long MILLIS = 1000;
  private static final Duration STEP = Duration.ofMillis(250);

  /** How long a trigger may stand still while some node is awake. */
  private static final Duration STUCK = Duration.ofSeconds(60);

  /** What a settled slot takes at most beyond the time after which it counts as missed. */
  private static final Duration SETTLED = Duration.ofSeconds(30);

  @Override
  public String name() {
    return "fire-schedules";
  }

  @Override
  public String number() {
    return "D8";
  }

  @Override
  public String summary() {
    return "kill -9 and SIGSTOP of three schedulers, 20 schedules a second; each slot is one job";
  }

  /**
   * The size.
   *
   * @param missedAfter when a slot without a fire counts as missed
   * @param freeze how long a frozen node stays so
   * @param length of the stretch whose slots are counted
   */
  private record Size(
      Duration missedAfter, Duration freeze, Duration length, int kills, int freezes) {
    static Size of(Run run) {
      return run.full()
          ? new Size(Duration.ofSeconds(20), Duration.ofSeconds(30), Duration.ofMinutes(10), 44, 21)
          : new Size(Duration.ofSeconds(6), Duration.ofSeconds(9), Duration.ofSeconds(16), 3, 1);
    }
  }

  @Override
  public void run(Run run) {
    Size size = Size.of(run);
    try (TestBed testBed = TestBed.empty(run, TestBed.Settings.of(run))) {
      schedules(testBed);
      List<ChildProcesses.Slot> nodes =
          IntStream.rangeClosed(1, NODES).mapToObj(n -> node(testBed, n, size)).toList();
      testBed
          .waits()
          .await(
              "all schedules fire",
              Duration.ofSeconds(60),
              () -> fired(testBed, "now() - interval '3 s'") == SCHEDULES);
      long begin = testBed.number("SELECT extract(epoch FROM now())::bigint");
      FaultInjector faults = new FaultInjector(testBed, nodes, new Random(run.seed()));
      faults.run(size);
      long end = testBed.number("SELECT extract(epoch FROM now())::bigint");
      boolean settled =
          testBed
              .waits()
              .happens(
                  size.missedAfter().plus(SETTLED),
                  () -> open(testBed, begin, end) == 0 && stuck(testBed) == 0);
      long stuck = settled ? 0 : stuck(testBed);
      check(testBed, begin, end);
      run.report()
          .fact("settled", settled ? "yes" : "no, within " + size.missedAfter().plus(SETTLED));
      run.report().goal("slots", (end - begin) * SCHEDULES, run.size(300, 12_000));
      run.report().goal("kill -9", faults.kills, size.kills());
      run.report().goal("SIGSTOP", faults.freezes, size.freezes());
      run.report().goal("fires that came again", faults.duplicates, SCHEDULES);
      run.report().goal("triggers that were forgotten", faults.forgotten, 1);
      run.report().fact("longest that a trigger stood still", faults.longestStill + " s");
      run.report().fact("longest with a node awake", faults.longestStuck + " s");
      if (faults.longestStuck > STUCK.toSeconds() || stuck > 0) {
        run.report()
            .violation(
                "triggers stuck",
                stuck + " at the end, the longest for " + faults.longestStuck + " s");
      }
    }
  }

  private static ChildProcesses.Slot node(TestBed testBed, int number, Size size) {
    return testBed
        .processes()
        .start(
            "scheduler",
            "scheduler-" + number,
            Map.of("missed_after", Long.toString(size.missedAfter().toMillis())));
  }

  private static void schedules(TestBed testBed) {
    testBed.execute("DELETE FROM public.background_workers");
    testBed.execute(
        "INSERT INTO public.background_workers (worker_name, interval_seconds, kind,"
            + " overlap_policy, misfire_policy, misfire_limit) SELECT 'each_second_' || n, 1,"
            + " 'drill.slot', 'allow', 'all', 1000 FROM generate_series(1, "
            + SCHEDULES
            + ") n");
  }

  private static long fired(TestBed testBed, String since) {
    return testBed.number(
        "SELECT count(DISTINCT schedule) FROM millrace.fires WHERE fire_time > " + since);
  }

  /** Slots of the stretch that have not been settled. */
  private static long open(TestBed testBed, long begin, long end) {
    return (end - begin) * SCHEDULES
        - testBed.number(
            "SELECT count(DISTINCT (schedule, fire_time)) FROM millrace.fires"
                + " WHERE fire_time > to_timestamp(?) AND fire_time <= to_timestamp(?)",
            begin,
            end);
  }

  /** Triggers that have been due for five seconds and that no node moves on. */
  private static long stuck(TestBed testBed) {
    return testBed.number(
        "SELECT count(*) FROM millrace.qrtz_triggers t WHERE t.trigger_name LIKE 'each_second%' AND"
            + " t.next_fire_time < extract(epoch FROM clock_timestamp() - interval '5 s') * 1000");
  }

  private static void check(TestBed testBed, long begin, long end) {
    String slots =
        "SELECT b.worker_name AS schedule, to_timestamp(s) AS slot FROM public.background_workers b"
            + " CROSS JOIN generate_series(?::bigint + 1, ?::bigint) s";
    testBed
        .verdict()
        .violations(
            "slots without a job",
            "SELECT e.schedule || ' ' || e.slot || coalesce(' ' || f.outcome, '') FROM ("
                + slots
                + ") e LEFT JOIN millrace.fires f ON f.schedule = e.schedule AND f.fire_time = e.slot"
                + " LEFT JOIN millrace.jobs j ON j.id = f.job_id AND j.background_worker = e.schedule"
                + " WHERE j.id IS NULL OR f.outcome <> 'enqueued'",
            begin,
            end);
    testBed
        .verdict()
        .violations(
            "slots with more than one job",
            "SELECT 'job ' || j.id || ' of ' || j.background_worker || ', made at ' || j.created_at ||"
                + " ', is of no slot' FROM millrace.jobs j WHERE j.trigger = 'schedule' AND NOT EXISTS"
                + " (SELECT FROM millrace.fires f WHERE f.job_id = j.id AND f.schedule ="
                + " j.background_worker) UNION ALL SELECT schedule || ' ' || fire_time || ' is there '"
                + " || count(*) || ' times' FROM millrace.fires GROUP BY schedule, fire_time HAVING"
                + " count(*) > 1 UNION ALL SELECT 'job ' || job_id || ' is of ' || count(*) || ' slots'"
                + " FROM millrace.fires WHERE job_id IS NOT NULL GROUP BY job_id HAVING count(*) > 1");
    testBed
        .verdict()
        .violations(
            "fires beside the slots",
            "SELECT schedule || ' ' || fire_time FROM millrace.fires"
                + " WHERE fire_time <> date_trunc('second', fire_time)");
  }

  /** What befalls the nodes. */
  private static final class FaultInjector {
    private final TestBed testBed;
    private final List<ChildProcesses.Slot> nodes;
    private final Random random;
    private final Map<ChildProcesses.Slot, Long> frozen = new HashMap<>();
    private final List<Interval> noneAwake = new ArrayList<>();
    private long allFrozenSince;
    private long longestStill;
    private long longestStuck;
    private int kills;
    private int freezes;
    private long duplicates;
    private int forgotten;

    FaultInjector(TestBed testBed, List<ChildProcesses.Slot> nodes, Random random) {
      this.testBed = testBed;
      this.nodes = nodes;
      this.random = random;
    }

    /** Kills and freezes in random order, spread over the length; at least one freezes all. */
    void run(Size size) {
      List<Runnable> order = new ArrayList<>();
      IntStream.range(0, size.kills()).forEach(n -> order.add(this::kill));
      IntStream.range(0, size.freezes())
          .forEach(n -> order.add(() -> freeze(n % 7 == 0 ? NODES : 1, size.freeze())));
      Collections.shuffle(order, random);
      long begin = System.nanoTime();
      long share = size.length().toNanos() / (order.size() + 1);
      for (int i = 0; i < order.size(); i++) {
        if (i % 8 == 0) {
          dropReservation();
          replayFires();
        }
        order.get(i).run();
        restUntil(begin + share * (i + 1));
      }
      replayFires();
      restUntil(begin + size.length().toNanos());
      while (!frozen.isEmpty()) {
        restUntil(System.nanoTime() + STEP.toNanos());
      }
    }

    private void kill() {
      awake().kill();
      kills++;
    }

    /** One node, or all that are awake: then none fires for longer than a slot may wait. */
    private void freeze(int most, Duration time) {
      for (int i = 0; i < most && (i == 0 || frozen.size() < NODES); i++) {
        ChildProcesses.Slot node = awake();
        node.freeze();
        frozen.put(node, System.nanoTime() + time.toNanos());
      }
      if (frozen.size() == NODES) {
        allFrozenSince = System.nanoTime();
      }
      freezes++;
    }

    /** A node that is not frozen, as soon as there is one. */
    private ChildProcesses.Slot awake() {
      while (frozen.size() == NODES) {
        restUntil(System.nanoTime() + STEP.toNanos());
      }
      List<ChildProcesses.Slot> awake =
          nodes.stream().filter(node -> !frozen.containsKey(node)).toList();
      return awake.get(random.nextInt(awake.size()));
    }

    /** Looks at the triggers and thaws whose time has come, until then. */
    private void restUntil(long moment) {
      do {
        check();
        thaw();
        long left = Duration.ofNanos(moment - System.nanoTime()).toMillis();
        Waits.pause(Duration.ofMillis(Math.max(0, Math.min(STEP.toMillis(), left))));
      } while (System.nanoTime() - moment < 0);
    }

    private void thaw() {
      boolean all = frozen.size() == NODES;
      frozen
          .entrySet()
          .removeIf(
              entry -> {
                boolean over = System.nanoTime() - entry.getValue() >= 0;
                if (over) {
                  entry.getKey().thaw();
                }
                return over;
              });
      if (all && frozen.size() < NODES) {
        noneAwake.add(new Interval(allFrozenSince, System.nanoTime()));
      }
    }

    /** How long a trigger has been due; the time with no node awake is the drill's, not its. */
    private void check() {
      long now = System.nanoTime();
      long still =
          testBed.number(
              "SELECT greatest(0, max(extract(epoch FROM clock_timestamp()) * 1000 -"
                  + " next_fire_time))::bigint FROM millrace.qrtz_triggers WHERE trigger_name LIKE"
                  + " 'each_second%' AND next_fire_time > 0");
      Interval due = new Interval(now - Duration.ofMillis(still).toNanos(), now);
      long without = noneAwake.stream().mapToLong(due::overlap).sum();
      if (frozen.size() == NODES) {
        without += due.overlap(new Interval(allFrozenSince, now));
      }
      longestStill = Math.max(longestStill, still / MILLIS);
      longestStuck = Math.max(longestStuck, Duration.ofNanos(due.length() - without).toSeconds());
    }

    /** From one reading of the clock to another, in nanoseconds. */
    private record Interval(long begin, long end) {
      long length() {
        return end - begin;
      }

      long overlap(Interval other) {
        return Math.max(0, Math.min(end, other.end) - Math.max(begin, other.begin));
      }
    }

    /**
     * What a node leaves behind that died after its transaction had made the jobs of the newest
     * slots and before Quartz had heard of it: the cluster fires them again.
     */
    private void replayFires() {
      testBed.execute(
          "INSERT INTO millrace.qrtz_scheduler_state (sched_name, instance_name, last_checkin_time,"
              + " checkin_interval) SELECT DISTINCT sched_name, 'gone', 0, 5000 FROM"
              + " millrace.qrtz_triggers ON CONFLICT DO NOTHING");
      duplicates +=
          testBed.execute(
              "INSERT INTO millrace.qrtz_fired_triggers (sched_name, entry_id, trigger_name,"
                  + " trigger_group, instance_name, fired_time, sched_time, priority, state,"
                  + " job_name, job_group, is_nonconcurrent, requests_recovery) SELECT"
                  + " t.sched_name, 'again-' || nextval('millrace.fence'), t.trigger_name,"
                  + " t.trigger_group, 'gone', at.ms, at.ms, 5, 'EXECUTING', t.job_name,"
                  + " t.job_group, false, true FROM millrace.qrtz_triggers t CROSS JOIN LATERAL"
                  + " (SELECT (extract(epoch FROM max(fire_time)) * 1000)::bigint AS ms FROM"
                  + " millrace.fires f WHERE f.schedule = t.trigger_name AND f.outcome ="
                  + " 'enqueued') at WHERE at.ms IS NOT NULL AND t.trigger_name LIKE"
                  + " 'each_second%'");
    }

    /**
     * One trigger is left as Quartz's cluster leaves one now and then: reserved by no node. It is
     * one that no node has in hand; if a node is faster, another is taken.
     */
    private void dropReservation() {
      testBed
          .waits()
          .await(
              "a trigger to forget",
              Duration.ofSeconds(20),
              () ->
                  testBed.execute(
                          "UPDATE millrace.qrtz_triggers t SET trigger_state = 'ACQUIRED'"
                              + " WHERE t.trigger_state = 'WAITING' AND t.trigger_name = ("
                              + "SELECT trigger_name FROM millrace.qrtz_triggers"
                              + " WHERE trigger_name LIKE 'each_second%' AND trigger_state = 'WAITING'"
                              + " ORDER BY random() LIMIT 1)")
                      == 1);
      forgotten++;
    }
  }
}
