package dev.millrace.scheduler;

import static dev.millrace.scheduler.SchedulerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.BackgroundWorkers;
import dev.millrace.schedule.Schedule;
import dev.millrace.schedule.SyncHours;
import dev.millrace.testing.LogLines;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FiringTest {
  private static final Instant SLOT = Instant.parse("2026-03-01T10:00:00Z");
  private final SchedulerFixture millrace = new SchedulerFixture();

  @AfterEach
  void close() {
    millrace.close();
  }

  @Test
  void a_fire_enqueued_twice_is_one_job() throws Exception {
    millrace.worker("twice", 60);
    ExecutorService nodes = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> fireStore =
          IntStream.range(0, 32)
              .<Callable<Boolean>>mapToObj(
                  i -> () -> millrace.fireStore.enqueue("twice", SLOT).isPresent())
              .toList();
      int won = 0;
      for (Future<Boolean> fire : nodes.invokeAll(fireStore)) {
        won += fire.get() ? 1 : 0;
      }
      assertThat(won).isEqualTo(1);
    } finally {
      nodes.shutdown();
    }
    assertThat(millrace.jobs("twice")).isEqualTo(1);
    assertThat(millrace.slots("twice", "enqueued")).containsExactly(SLOT);
  }

  @Test
  void what_is_no_slot_of_the_row_is_not_fired() {
    millrace.worker("slots", 60);
    assertThat(millrace.fireStore.enqueue("slots", SLOT.plusSeconds(1))).isEmpty();
    assertThat(millrace.fireStore.enqueue("nobody", SLOT)).isEmpty();
    millrace.sql("UPDATE background_workers SET kind = NULL");
    assertThat(millrace.fireStore.enqueue("slots", SLOT)).isEmpty();
    assertThat(millrace.count("SELECT count(*) FROM millrace.fires")).isZero();
  }

  @Test
  void a_job_has_the_settings_of_its_row() {
    millrace.worker("carrier", 60);
    millrace.sql(
        "UPDATE background_workers SET queue = 'slow', priority = 7, payload = '{\"a\": 1}', overlap_policy = 'skip'"
            + " WHERE worker_name = 'carrier'");
    assertThat(millrace.fireStore.enqueue("carrier", SLOT)).contains(FireOutcome.ENQUEUED);
    assertThat(
            millrace.text(
                "SELECT concat_ws(' ', kind, queue, priority, payload, trigger, background_worker, unique_key, state)"
                    + " FROM millrace.jobs"))
        .isEqualTo("test.noop slow 7 {\"a\": 1} schedule carrier worker:carrier queued");
  }

  @Test
  void a_job_has_as_many_attempts_as_its_kind() {
    millrace.worker("patient", 60);
    millrace.sql(
        "INSERT INTO millrace.kinds (kind, defaults) VALUES ('test.noop', '{\"max_attempts\": 7}')");
    millrace.fireStore.enqueue("patient", SLOT);
    assertThat(millrace.count("SELECT max_attempts FROM millrace.jobs")).isEqualTo(7);
  }

  @Test
  void jitter_puts_a_run_off_by_the_same_time_on_every_node() {
    millrace.worker("spread", 60);
    millrace.sql("UPDATE background_workers SET jitter_seconds = 50 WHERE worker_name = 'spread'");
    for (int i = 0; i < 20; i++) {
      millrace.fireStore.enqueue("spread", SLOT.plusSeconds(60L * i));
    }
    assertThat(
            millrace.count(
                "SELECT count(DISTINCT (run_at - created_at)) FROM millrace.jobs"
                    + " WHERE run_at - created_at BETWEEN interval '-1 s' AND interval '51 s'"))
        .isEqualTo(20);
    BackgroundWorker row = new BackgroundWorkers(millrace.jdbi).find("spread").orElseThrow();
    assertThat(row.jobOf(SLOT).delay())
        .isEqualTo(row.jobOf(SLOT).delay())
        .isNotEqualTo(row.jobOf(SLOT.plusSeconds(60)).delay());
  }

  @Test
  void a_worker_switched_off_while_its_slot_is_being_settled_is_not_run() throws Exception {
    millrace.worker("raced", 60);
    ExecutorService node = Executors.newSingleThreadExecutor();
    try {
      Future<FireOutcome> fire =
          millrace.jdbi.inTransaction(
              admin -> {
                admin.execute(
                    "UPDATE background_workers SET enabled = false WHERE worker_name = 'raced'");
                Future<FireOutcome> waiting =
                    node.submit(() -> millrace.fireStore.enqueue("raced", SLOT).orElseThrow());
                await()
                    .until(
                        () ->
                            millrace.count(
                                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                        + " AND datname = current_database()")
                                > 0);
                return waiting;
              });
      assertThat(fire.get()).isEqualTo(FireOutcome.DISABLED);
    } finally {
      node.shutdown();
    }
    assertThat(millrace.jobs("raced")).isZero();
    assertThat(millrace.slots("raced", "disabled")).containsExactly(SLOT);
  }

  @Test
  void the_overlap_policy_decides_while_a_run_is_unfinished() {
    for (String policy : List.of("skip", "queue_one", "allow")) {
      millrace.worker("w_" + policy, 60);
      millrace.sql(
          "UPDATE background_workers SET overlap_policy = ? WHERE worker_name = ?",
          policy,
          "w_" + policy);
    }
    List<FireOutcome> skip = fireTwiceStartingTheFirst("w_skip");
    List<FireOutcome> queueOne = fireTwiceStartingTheFirst("w_queue_one");
    List<FireOutcome> allow = fireTwiceStartingTheFirst("w_allow");
    assertThat(skip).containsExactly(FireOutcome.ENQUEUED, FireOutcome.OVERLAPPED);
    assertThat(queueOne).containsExactly(FireOutcome.ENQUEUED, FireOutcome.ENQUEUED);
    assertThat(allow).containsExactly(FireOutcome.ENQUEUED, FireOutcome.ENQUEUED);
    assertThat(millrace.fireStore.enqueue("w_queue_one", SLOT.plusSeconds(120)))
        .contains(FireOutcome.OVERLAPPED);
    assertThat(millrace.fireStore.enqueue("w_allow", SLOT.plusSeconds(120)))
        .contains(FireOutcome.ENQUEUED);
    assertThat(
            millrace.count(
                "SELECT count(*) FROM millrace.fires f JOIN millrace.jobs j ON j.id = f.job_id"
                    + " WHERE f.outcome = 'overlapped' AND j.background_worker = f.schedule"))
        .isEqualTo(2);
  }

  private List<FireOutcome> fireTwiceStartingTheFirst(String worker) {
    FireOutcome first = millrace.fireStore.enqueue(worker, SLOT).orElseThrow();
    millrace.sql(
        "UPDATE millrace.jobs SET state = 'processing', worker_id = 'w', fence = 1, started_at = now()"
            + " WHERE background_worker = ?",
        worker);
    return List.of(first, millrace.fireStore.enqueue(worker, SLOT.plusSeconds(60)).orElseThrow());
  }

  @Test
  void an_interval_of_one_second_fires_every_slot() {
    millrace.worker("each_second", 1);
    millrace.sql("UPDATE background_workers SET updated_at = now()");
    millrace.node();
    await().until(() -> millrace.slots("each_second", "enqueued").size() >= 6);
    List<Instant> slots = millrace.slots("each_second", "enqueued");
    for (int i = 1; i < slots.size(); i++) {
      assertThat(slots.get(i)).isEqualTo(slots.get(i - 1).plusSeconds(1));
    }
  }

  @Test
  void two_nodes_fire_each_slot_once() {
    for (int i = 0; i < 5; i++) {
      millrace.worker("pair_" + i, 1);
    }
    millrace.sql("UPDATE background_workers SET updated_at = now()");
    Scheduler one = millrace.node();
    Scheduler other = millrace.node();
    await()
        .until(
            () ->
                millrace.count("SELECT count(DISTINCT node) FROM millrace.fires") == 2
                    && millrace.slots("pair_0", "enqueued").size() >= 5);
    one.close();
    other.close();
    assertThat(
            millrace.count(
                "SELECT count(*) FROM millrace.jobs WHERE background_worker LIKE 'pair%'"))
        .isEqualTo(
            millrace.count(
                "SELECT count(*) FROM millrace.fires WHERE schedule LIKE 'pair%' AND outcome = 'enqueued'"));
    assertThat(
            millrace.count(
                "SELECT count(*) FROM (SELECT schedule FROM millrace.fires WHERE schedule LIKE 'pair%' GROUP BY schedule"
                    + " HAVING max(fire_time) - min(fire_time) <> (count(*) - 1) * interval '1 second') holes"))
        .isZero();
  }

  @Test
  void a_changed_interval_is_in_force_within_two_seconds() {
    millrace.worker("retimed", 86_400);
    millrace.node();
    await().until(() -> millrace.count("SELECT count(*) FROM millrace.qrtz_triggers") == 2);
    Instant changed = Instant.now();
    millrace.sql(
        "UPDATE background_workers SET interval_seconds = 1 WHERE worker_name = 'retimed'");
    await().until(() -> !millrace.slots("retimed", "enqueued").isEmpty());
    assertThat(millrace.slots("retimed", "enqueued").get(0))
        .isAfter(changed.minusSeconds(1))
        .isBefore(changed.plusSeconds(5));
    await()
        .until(
            () ->
                millrace.count(
                        "SELECT count(*) FROM background_workers WHERE worker_name = 'retimed'"
                            + " AND next_run_at BETWEEN now() - interval '2 s' AND now() + interval '2 s'")
                    == 1);
  }

  @Test
  void a_disabled_worker_is_not_run_until_it_is_enabled() {
    millrace.worker("switched", 1);
    millrace.sql("UPDATE background_workers SET enabled = false, updated_at = now()");
    millrace.node();
    try (LogLines log = new LogLines(FireStore.class)) {
      await().until(() -> millrace.slots("switched", "disabled").size() >= 2);
      assertThat(log.lines())
          .contains("[switched] Worker disabled in DB; sleeping 1s without running");
    }
    assertThat(millrace.jobs("switched")).isZero();
    assertThat(
            millrace.text(
                "SELECT next_run_at::text FROM background_workers WHERE worker_name = 'switched'"))
        .isNull();

    millrace.sql("UPDATE background_workers SET enabled = true WHERE worker_name = 'switched'");
    await().until(() -> millrace.jobs("switched") >= 2);
    List<Instant> off = millrace.slots("switched", "disabled");
    List<Instant> on = millrace.slots("switched", "enqueued");
    assertThat(on.get(0)).isEqualTo(off.get(off.size() - 1).plusSeconds(1));
    assertThat(
            millrace.text(
                "SELECT next_run_at::text FROM background_workers WHERE worker_name = 'switched'"))
        .isNotNull();
  }

  @Test
  void a_row_without_kind_or_gone_has_no_trigger() {
    millrace.worker("passing", 60);
    millrace.worker("idle", 60);
    millrace.sql("UPDATE background_workers SET kind = NULL WHERE worker_name = 'idle'");
    millrace.node();
    await().until(() -> triggers().equals(List.of("master_sync", "passing")));
    millrace.sql("DELETE FROM background_workers WHERE worker_name = 'passing'");
    await().until(() -> triggers().equals(List.of("master_sync")));
  }

  @Test
  void an_expression_that_means_nothing_stops_only_its_own_row() {
    millrace.worker("broken", 1);
    millrace.worker("sound", 1);
    millrace.sql("UPDATE background_workers SET cron = '61 * * * *' WHERE worker_name = 'broken'");
    millrace.node();
    await().until(() -> triggers().equals(List.of("master_sync", "sound")));
    await().until(() -> millrace.jobs("sound") > 0);
  }

  @Test
  void a_node_that_boots_leaves_the_triggers_of_others_alone() {
    millrace.worker("kept", 3600);
    millrace.node();
    await().until(() -> triggers().equals(List.of("kept", "master_sync")));
    String before = triggerRows();
    Scheduler second = millrace.node();
    await().until(() -> millrace.count("SELECT count(*) FROM millrace.qrtz_scheduler_state") == 2);
    millrace.sql("UPDATE background_workers SET display_name = 'Kept' WHERE worker_name = 'kept'");
    await().during(Duration.ofSeconds(1)).until(() -> before.equals(triggerRows()));
    assertThat(second.node()).startsWith("n2-");
  }

  @Test
  void a_fire_that_died_with_its_node_is_recovered_for_its_slot() {
    SchedulerSettings patient =
        new SchedulerSettings(
            SyncHours.DEFAULT,
            Duration.ofHours(3),
            Duration.ofHours(4),
            Duration.ofSeconds(2),
            Retention.DEFAULT);
    millrace.worker("orphan", 3600);
    Scheduler first = millrace.node(patient);
    await().until(() -> triggers().equals(List.of("master_sync", "orphan")));
    first.close();
    Instant slot = Schedule.every(Duration.ofHours(1)).slotAtOrBefore(Instant.now()).orElseThrow();
    millrace.sql("DELETE FROM millrace.fires");
    millrace.sql(
        "INSERT INTO millrace.qrtz_fired_triggers (sched_name, entry_id, trigger_name, trigger_group, instance_name,"
            + " fired_time, sched_time, priority, state, job_name, job_group, is_nonconcurrent, requests_recovery)"
            + " SELECT sched_name, 'e', trigger_name, trigger_group, 'killed', ?, ?, 5, 'EXECUTING', job_name, job_group,"
            + " false, true FROM millrace.qrtz_triggers WHERE trigger_name = 'orphan'",
        slot.toEpochMilli(),
        slot.toEpochMilli());
    millrace.sql(
        "INSERT INTO millrace.qrtz_scheduler_state VALUES ('millrace', 'killed', ?, 5000)",
        slot.minusSeconds(3600).toEpochMilli());
    millrace.node(patient);
    await().until(() -> millrace.slots("orphan", "enqueued").equals(List.of(slot)));
    assertThat(millrace.jobs("orphan")).isEqualTo(1);
  }

  private String triggerRows() {
    return String.valueOf(
        millrace.text(
            "SELECT string_agg(concat_ws(' ', trigger_name, start_time, next_fire_time), ',' ORDER BY trigger_name)"
                + " FROM millrace.qrtz_triggers"));
  }

  private List<String> triggers() {
    return millrace.jdbi.withHandle(
        handle ->
            handle
                .select("SELECT trigger_name FROM millrace.qrtz_triggers ORDER BY trigger_name")
                .mapTo(String.class)
                .list());
  }
}
