package dev.millrace.scheduler;

import static dev.millrace.scheduler.SchedulerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Seed;
import dev.millrace.job.NewJob;
import dev.millrace.queue.Claims;
import dev.millrace.queue.Lane;
import dev.millrace.queue.Leases;
import dev.millrace.queue.Rank;
import dev.millrace.queue.ReadyJob;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.RedisKeys;
import dev.millrace.schedule.SyncHours;
import dev.millrace.scheduler.leader.Dispatch;
import dev.millrace.scheduler.quartz.StuckTriggers;
import dev.millrace.testing.HeldTransaction;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaderTest {
  private static final Lane LANE = new Lane("default", "test.noop");
  private final SchedulerFixture millrace = new SchedulerFixture();

  @AfterEach
  void close() {
    millrace.close();
  }

  private static NewJob job() {
    return NewJob.of("test.noop", "{}");
  }

  private String state(long jobId) {
    return String.valueOf(millrace.text("SELECT state FROM millrace.jobs WHERE id = ?", jobId));
  }

  @Test
  void a_delayed_job_is_ready_when_it_is_due_and_not_before() {
    millrace.node();
    await().until(() -> millrace.text("SELECT node FROM millrace.leader") != null);
    long later = millrace.client.enqueue(job().after(Duration.ofMinutes(5))).jobId();
    long soon = millrace.client.enqueue(job().after(Duration.ofMillis(300))).jobId();
    ReadyJob ready = millrace.ready.await(List.of(LANE), Duration.ofSeconds(5)).orElseThrow();
    assertThat(ready.jobId()).isEqualTo(soon);
    assertThat(state(soon)).isEqualTo("queued");
    assertThat(
            millrace.count(
                "SELECT count(*) FROM millrace.jobs WHERE id = ? AND run_at <= clock_timestamp()",
                soon))
        .isEqualTo(1);
    assertThat(state(later)).isEqualTo("scheduled");
  }

  @Test
  void with_nothing_scheduled_the_dispatcher_rests() {
    Dispatch dispatch = new Dispatch(millrace.jdbi, millrace.ready);
    assertThat(dispatch.untilNextDue()).isEmpty();
    assertThat(new Dispatcher(dispatch).step()).isEqualTo(Duration.ofMillis(40));
    millrace.client.enqueue(job().after(Duration.ofMillis(400)));
    assertThat(new Dispatcher(dispatch).step()).isBetween(Duration.ZERO, Duration.ofMillis(40));
  }

  @Test
  void due_jobs_are_queued_while_redis_is_out() {
    millrace.node();
    millrace.redisServer.close();
    long soon = millrace.client.enqueue(job().after(Duration.ofMillis(100))).jobId();
    await().until(() -> state(soon).equals("queued"));
  }

  @Test
  void one_wake_up_is_kept_until_the_dispatcher_waits() {
    IntStream.range(0, 50)
        .forEach(i -> millrace.client.enqueue(job().after(Duration.ofMillis(500))));
    assertThat(millrace.redis.client().llen("millrace:{dispatcher}:wake")).isEqualTo(1);
  }

  @Test
  void the_job_of_a_lost_worker_is_rescued() {
    long id = millrace.client.enqueue(job()).jobId();
    Leases leases = new Leases(millrace.jdbi, Duration.ofMillis(500));
    leases.register(
        new Leases.Registration(
            "w#1", "w", "here", 1, List.of("default"), List.of("test.noop"), 1));
    assertThat(new Claims(millrace.jdbi).claim("w#1", List.of(new ReadyJob(Rank.of(0, id), null))))
        .hasSize(1);
    millrace.node();
    await().until(() -> state(id).equals("queued"));
    assertThat(
            millrace.text(
                "SELECT concat_ws(' ', outcome, worker_id) FROM millrace.job_attempts WHERE job_id = ?",
                id))
        .isEqualTo("lost w#1");
    assertThat(millrace.ready.await(List.of(LANE), Duration.ofSeconds(5))).isPresent();
  }

  @Test
  void lost_redis_entries_are_restored() {
    millrace.node();
    List<Long> ids =
        IntStream.range(0, 20).mapToObj(i -> millrace.client.enqueue(job()).jobId()).toList();
    millrace.redis.client().flushAll();
    await()
        .until(
            () ->
                millrace
                    .ready
                    .pop(List.of(LANE), 100)
                    .map(ReadyJobs.Popped::jobs)
                    .filter(jobs -> jobs.stream().map(ReadyJob::jobId).toList().equals(ids))
                    .isPresent());
  }

  @Test
  void another_node_leads_at_once_when_the_leader_leaves() {
    Scheduler one = millrace.node();
    Scheduler other = millrace.node();
    await().until(() -> one.leads() || other.leads());
    Scheduler first = one.leads() ? one : other;
    Scheduler second = first == one ? other : one;
    assertThat(second.leads()).isFalse();
    first.close();
    assertThat(first.leads()).isFalse();
    await().until(second::leads);
    assertThat(millrace.text("SELECT node FROM millrace.leader")).isEqualTo(second.node());
  }

  @Test
  void a_leader_that_was_killed_is_replaced_when_its_lease_has_ended() {
    millrace.sql(
        "INSERT INTO millrace.leader (node, lease_until) VALUES ('killed', clock_timestamp() + interval '2 s')");
    Scheduler node = millrace.node();
    await().until(node::leads);
    assertThat(
            millrace.count(
                "SELECT count(*) FROM millrace.leader WHERE since < (SELECT min(lease_until) FROM millrace.leader)"
                    + " AND node = ?",
                node.node()))
        .isEqualTo(1);
  }

  @Test
  void of_two_that_ask_one_leads_until_its_lease_ends() {
    Leadership one = new Leadership(millrace.jdbi, "one", Duration.ofSeconds(2));
    Leadership other = new Leadership(millrace.jdbi, "other", Duration.ofSeconds(2));
    one.renew();
    other.renew();
    assertThat(one.held()).isTrue();
    assertThat(other.held()).isFalse();
    await().until(() -> !one.held()); // by its own count, which ends before the lease in Postgres
    await()
        .until(
            () -> {
              other.renew();
              return other.held();
            });
    one.renew();
    assertThat(one.held()).isFalse();
    other.resign();
    one.renew();
    assertThat(one.held()).isTrue();
  }

  @Test
  void a_renewal_that_postgres_does_not_answer_is_given_up() {
    Leadership one = new Leadership(millrace.jdbi, "one", Duration.ofSeconds(2));
    one.renew();
    try (Handle silent = millrace.jdbi.open()) {
      HeldTransaction.begin(silent);
      silent.execute("LOCK TABLE millrace.leader");
      assertThat(CompletableFuture.supplyAsync(one::renew))
          .failsWithin(Duration.ofSeconds(60))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(JdbiException.class);
      silent.rollback();
    }
    one.renew();
    assertThat(one.held()).isTrue();
  }

  @Test
  void sync_hours_drive_the_master_sync_until_an_admin_does() {
    millrace.node(SchedulerFixture.SETTINGS.withSync(new SyncHours(6), RedisKeys.SYNC_PREFIX));
    await().until(() -> "0 0,6,12,18 * * *".equals(masterSync()));
    await()
        .until(
            () ->
                millrace.count(
                        "SELECT count(*) FROM background_workers WHERE next_run_at > now()"
                            + " AND extract(hour FROM next_run_at AT TIME ZONE 'UTC') IN (0, 6, 12, 18)")
                    == 1);
    millrace.sql(
        "UPDATE background_workers SET cron = '30 1 * * *' WHERE worker_name = 'master_sync'");
    Scheduler second =
        millrace.node(SchedulerFixture.SETTINGS.withSync(new SyncHours(4), RedisKeys.SYNC_PREFIX));
    await()
        .until(
            () ->
                millrace.count(
                        "SELECT count(*) FROM millrace.qrtz_cron_triggers WHERE cron_expression = '0 30 1 * * ?'")
                    == 1);
    second.close();
    assertThat(masterSync()).isEqualTo("30 1 * * *");
  }

  @Test
  void sync_hours_are_set_when_the_master_sync_is_added_later() {
    millrace.sql("DELETE FROM background_workers");
    millrace.node(SchedulerFixture.SETTINGS.withSync(new SyncHours(6), RedisKeys.SYNC_PREFIX));
    await().until(() -> millrace.count("SELECT count(*) FROM millrace.qrtz_scheduler_state") == 1);
    millrace.jdbi.inTransaction(Seed.SYNC::addTo);
    await().until(() -> "0 0,6,12,18 * * *".equals(masterSync()));
  }

  @Test
  void the_master_sync_is_off_while_no_queue_worker_has_a_sheet() {
    String off =
        "SELECT count(*) FROM background_workers WHERE worker_name = 'master_sync' AND NOT enabled"
            + " AND paused_by = 'millrace' AND paused_reason = 'MASTER_SHEET_URL is not set' AND admin_set = '{}'";
    millrace.sql(
        "INSERT INTO millrace.queue_workers (worker_id, name, host, pid, queues, kinds, concurrency, lease_until)"
            + " VALUES ('w', 'w', 'here', 1, '{default}', '{test.noop}', 1, now() + interval '1 hour')");
    millrace.node();
    await().until(() -> millrace.count(off) == 1);

    millrace.sql("UPDATE millrace.queue_workers SET kinds = '{sync.master}'");

    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                millrace.count(
                        "SELECT count(*) FROM background_workers WHERE worker_name = 'master_sync' AND enabled")
                    == 1);
  }

  private String masterSync() {
    return String.valueOf(
        millrace.text("SELECT cron FROM background_workers WHERE worker_name = 'master_sync'"));
  }

  @Test
  void a_trigger_that_quartz_forgot_ticks_again() {
    millrace.worker("forgotten", 60);
    Scheduler node = millrace.node();
    await().until(() -> millrace.count("SELECT count(*) FROM millrace.qrtz_triggers") == 2);
    node.close();
    millrace.sql(
        "UPDATE millrace.qrtz_triggers SET trigger_state = 'ACQUIRED',"
            + " next_fire_time = extract(epoch FROM now() - interval '90 s') * 1000");
    millrace.sql(
        "INSERT INTO millrace.qrtz_fired_triggers (sched_name, entry_id, trigger_name, trigger_group, instance_name,"
            + " fired_time, sched_time, priority, state)"
            + " SELECT sched_name, 'e', trigger_name, trigger_group, 'other', 0, 0, 5, 'ACQUIRED'"
            + " FROM millrace.qrtz_triggers WHERE trigger_name = 'master_sync'");
    assertThat(new StuckTriggers(millrace.jdbi, Duration.ofMinutes(2)).free()).isEmpty();
    assertThat(new StuckTriggers(millrace.jdbi, Duration.ofMinutes(1)).free())
        .containsExactly("forgotten");
    assertThat(
            millrace.text(
                "SELECT trigger_state FROM millrace.qrtz_triggers WHERE trigger_name = 'forgotten'"))
        .isEqualTo("WAITING");
  }
}
