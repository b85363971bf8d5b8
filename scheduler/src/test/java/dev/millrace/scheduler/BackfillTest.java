package dev.millrace.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schedule.SyncHours;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A schedule of ten minutes, an hour looked back on: about six slots that nobody fired. */
class BackfillTest {
  private static final SchedulerSettings LAST_HOUR =
      new SchedulerSettings(
          SyncHours.DEFAULT,
          Duration.ofSeconds(20),
          Duration.ofHours(1),
          Duration.ofSeconds(5),
          Retention.DEFAULT);

  private final SchedulerFixture millrace = new SchedulerFixture();
  private final Backfill backfill = new Backfill(millrace.jdbi, millrace.fireStore, LAST_HOUR);

  @BeforeEach
  void aWorkerNobodyFired() {
    millrace.sql("DELETE FROM background_workers");
    millrace.worker("late", 600);
    millrace.sql("UPDATE background_workers SET updated_at = now() - interval '1 day'");
  }

  @AfterEach
  void close() {
    millrace.close();
  }

  private void policy(String policy) {
    millrace.sql("ALTER TABLE background_workers DISABLE TRIGGER background_worker_change");
    millrace.sql("UPDATE background_workers SET misfire_policy = ?", policy);
    millrace.sql("ALTER TABLE background_workers ENABLE TRIGGER background_worker_change");
  }

  @Test
  void all_makes_up_for_each_slot_once() {
    policy("all");
    backfill.run();
    assertThat(millrace.slots("late", "enqueued")).hasSizeBetween(5, 6);
    assertThat(millrace.jobs("late")).isEqualTo(millrace.slots("late", "enqueued").size());
    long jobs = millrace.jobs("late");
    backfill.run();
    new Backfill(millrace.jdbi, millrace.fireStore, LAST_HOUR).run();
    assertThat(millrace.jobs("late")).isEqualTo(jobs);
  }

  @Test
  void all_makes_up_for_no_more_than_the_limit_and_records_the_others() {
    policy("all");
    millrace.sql("ALTER TABLE background_workers DISABLE TRIGGER background_worker_change");
    millrace.sql("UPDATE background_workers SET misfire_limit = 2");
    backfill.run();
    assertThat(millrace.slots("late", "enqueued")).hasSize(2);
    assertThat(millrace.slots("late", "misfired")).hasSizeBetween(3, 4);
    assertThat(millrace.slots("late", "enqueued").get(0))
        .isAfter(millrace.slots("late", "misfired").get(2));
  }

  @Test
  void once_makes_up_for_the_newest_slot_and_records_the_others() {
    policy("once");
    backfill.run();
    List<Instant> passed = millrace.slots("late", "misfired");
    assertThat(passed).hasSizeBetween(4, 5);
    assertThat(millrace.slots("late", "enqueued"))
        .containsExactly(passed.get(passed.size() - 1).plusSeconds(600));
    assertThat(millrace.jobs("late")).isEqualTo(1);
  }

  @Test
  void skip_makes_up_for_none_and_records_them() {
    policy("skip");
    backfill.run();
    assertThat(millrace.slots("late", "misfired")).hasSizeBetween(5, 6);
    assertThat(millrace.jobs("late")).isZero();
  }

  @Test
  void a_hole_between_slots_that_fired_is_found() {
    policy("all");
    backfill.run();
    Instant hole = millrace.slots("late", "enqueued").get(2);
    millrace.sql("DELETE FROM millrace.fires WHERE fire_time = ?::timestamptz", hole.toString());
    long jobs = millrace.jobs("late");
    new Backfill(millrace.jdbi, millrace.fireStore, LAST_HOUR).run();
    assertThat(millrace.slots("late", "enqueued")).contains(hole);
    assertThat(millrace.jobs("late")).isEqualTo(jobs + 1);
  }

  @Test
  void slots_before_the_last_change_were_never_expected() {
    policy("all");
    millrace.sql("UPDATE background_workers SET interval_seconds = 1");
    backfill.run();
    assertThat(millrace.count("SELECT count(*) FROM millrace.fires")).isZero();
  }

  @Test
  void a_slot_younger_than_a_recovery_is_left_to_quartz() {
    policy("all");
    SchedulerSettings patient =
        new SchedulerSettings(
            SyncHours.DEFAULT,
            Duration.ofMinutes(59),
            Duration.ofHours(1),
            Duration.ofSeconds(5),
            Retention.DEFAULT);
    new Backfill(millrace.jdbi, millrace.fireStore, patient).run();
    assertThat(millrace.slots("late", "enqueued")).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void a_disabled_worker_missed_nothing() {
    policy("all");
    millrace.sql("ALTER TABLE background_workers DISABLE TRIGGER background_worker_change");
    millrace.sql("UPDATE background_workers SET enabled = false");
    backfill.run();
    assertThat(millrace.slots("late", "disabled")).hasSizeBetween(5, 6);
    assertThat(millrace.jobs("late")).isZero();
  }

  @Test
  void a_row_that_cannot_be_enqueued_does_not_hold_up_the_others() {
    policy("all");
    millrace.worker("a_broken", 600);
    millrace.sql(
        "UPDATE background_workers SET queue = 'NOT A QUEUE' WHERE worker_name = 'a_broken'");
    millrace.sql("ALTER TABLE background_workers DISABLE TRIGGER background_worker_change");
    millrace.sql("UPDATE background_workers SET updated_at = now() - interval '1 day'");
    backfill.run();
    assertThat(millrace.jobs("late")).isPositive();
    assertThat(millrace.jobs("a_broken")).isZero();
  }

  @Test
  void a_late_tick_is_left_to_the_policy() {
    millrace.fireStore.tick(
        "late", Instant.ofEpochSecond(Instant.now().getEpochSecond() / 600 * 600 - 600));
    assertThat(millrace.count("SELECT count(*) FROM millrace.fires")).isZero();
  }
}
