package dev.millrace.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.millrace.db.Database;
import dev.millrace.db.Limits;
import dev.millrace.schedule.BackgroundWorkers;
import dev.millrace.testing.HeldTransaction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Another session's open transaction holds rows that the scheduler uses. */
class LockedRowsTest {
  private final SchedulerFixture all = new SchedulerFixture();
  private final Database strangers = Database.open(all.databaseUrl, "stranger", 2, Limits.LONG);

  @AfterEach
  void close() {
    strangers.close();
    all.close();
  }

  private Handle holding(String sql) {
    Handle stranger = strangers.jdbi().open();
    HeldTransaction.begin(stranger);
    stranger.execute(sql);
    return stranger;
  }

  @Test
  void a_held_row_of_background_workers_stops_no_schedule() {
    all.worker("held", 1);
    all.worker("free", 1);
    try (Handle stranger =
        holding("UPDATE background_workers SET description = 'x' WHERE worker_name = 'held'")) {
      all.node();
      SchedulerFixture.await().until(() -> all.jobs("held") >= 4 && all.jobs("free") >= 4);
      stranger.rollback();
    }
    SchedulerFixture.await()
        .until(
            () ->
                all.count(
                        "SELECT count(*) FROM background_workers WHERE worker_name IN ('held', 'free')"
                            + " AND next_run_at > clock_timestamp() - interval '1 second'")
                    == 2);
  }

  @Test
  void a_next_run_that_could_not_be_shown_is_shown_when_the_row_is_free() {
    all.worker("held", 3600);
    Instant slot = all.passedSlot("held");
    Handle stranger =
        holding("SELECT FROM background_workers WHERE worker_name = 'held' FOR UPDATE");
    assertThat(all.fireStore.enqueue("held", slot)).contains(FireOutcome.ENQUEUED);
    stranger.rollback();
    stranger.close();
    NextRunWriter nextRuns = new NextRunWriter(all.jdbi, InstantSource.system());
    nextRuns.makeUp(new BackgroundWorkers(all.jdbi).all());
    assertThat(
            all.count(
                "SELECT count(*) FROM background_workers WHERE worker_name = 'held' AND next_run_at > now()"))
        .isEqualTo(1);
  }

  @Test
  void a_run_that_a_session_holds_does_not_stop_the_disabling_of_its_worker() {
    all.worker("w", 3600);
    assertThat(all.fireStore.enqueue("w", all.passedSlot("w"))).contains(FireOutcome.ENQUEUED);
    try (Handle stranger = holding("SELECT FROM millrace.jobs FOR UPDATE")) {
      all.sql("UPDATE background_workers SET enabled = false WHERE worker_name = 'w'");
      stranger.rollback();
    }
    assertThat(all.text("SELECT state FROM millrace.jobs")).isEqualTo("queued");
    all.sql("UPDATE background_workers SET enabled = true WHERE worker_name = 'w'");
    all.sql("UPDATE background_workers SET enabled = false WHERE worker_name = 'w'");
    assertThat(all.text("SELECT state FROM millrace.jobs")).isEqualTo("cancelled");
  }

  @Test
  void a_run_added_during_a_disabling_is_cancelled() {
    all.worker("w", 3600);
    Instant slot = all.passedSlot("w");
    Handle stranger =
        holding("UPDATE background_workers SET enabled = false WHERE worker_name = 'w'");
    assertThat(all.fireStore.enqueue("w", slot)).contains(FireOutcome.ENQUEUED);
    stranger.commit();
    stranger.close();
    all.node();
    SchedulerFixture.await()
        .until(
            () ->
                all.count(
                        "SELECT count(*) FROM millrace.jobs WHERE background_worker = 'w' AND state = 'cancelled'")
                    == 1);
  }

  @Test
  void a_node_stops_in_time_while_rows_are_held() throws Exception {
    all.worker("held", 1);
    Scheduler node = all.node();
    SchedulerFixture.await().until(() -> node.leads() && all.jobs("held") >= 1);
    try (Handle stranger = holding("SELECT FROM background_workers FOR UPDATE")) {
      stranger.execute("SELECT FROM millrace.scheduler_nodes FOR UPDATE");
      stranger.execute("SELECT FROM millrace.leader FOR UPDATE");
      stranger.execute("SELECT FROM millrace.qrtz_locks FOR UPDATE");
      CompletableFuture<Void> stop = CompletableFuture.runAsync(node::close);
      assertThatCode(() -> stop.get(25, TimeUnit.SECONDS)).doesNotThrowAnyException();
      stranger.rollback();
    }
  }

  @Test
  void a_held_row_of_the_leader_leaves_the_duties_done() {
    Scheduler node = all.node();
    SchedulerFixture.await().until(node::leads);
    try (Handle stranger = holding("SELECT FROM millrace.leader FOR UPDATE")) {
      for (int i = 1; i <= 3; i++) {
        int due = i;
        all.sql(
            "INSERT INTO millrace.jobs (kind, state, run_at) VALUES ('test.noop', 'scheduled', now() + interval '1500 ms')");
        SchedulerFixture.await()
            .until(
                () ->
                    all.count("SELECT count(*) FROM millrace.jobs WHERE state = 'queued'") == due);
      }
      assertThat(node.leads()).isTrue();
      stranger.rollback();
    }
  }

  @Test
  void a_held_row_leaves_the_others_to_the_pruner() {
    all.sql(
        "INSERT INTO millrace.fires (schedule, fire_time, outcome, node, fired_at)"
            + " SELECT 'old', now() - g * interval '1 minute', 'disabled', 'n', now() - interval '2 years'"
            + " FROM generate_series(1, 3) g");
    try (Handle stranger =
        holding("SELECT FROM millrace.fires ORDER BY fire_time LIMIT 1 FOR UPDATE")) {
      assertThat(new Pruner(all.jdbi, Retention.DEFAULT).run().rows()).isEqualTo(2);
      stranger.rollback();
    }
    assertThat(all.count("SELECT count(*) FROM millrace.fires")).isEqualTo(1);
  }

  @Test
  void no_backend_is_left_waiting_for_a_held_row() {
    all.worker("held", 1);
    Scheduler node = all.node();
    SchedulerFixture.await().until(node::leads);
    try (Handle stranger = holding("SELECT FROM background_workers FOR UPDATE")) {
      long begun = System.nanoTime();
      SchedulerFixture.await()
          .until(() -> all.jobs("held") >= 3 || System.nanoTime() - begun > 20e9);
      assertThat(
              all.count(
                  "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                      + " AND wait_event_type = 'Lock' AND query_start < clock_timestamp() - interval '3 s'"))
          .isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
      stranger.rollback();
    }
  }
}
