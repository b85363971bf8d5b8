package dev.millrace.scheduler;

import static dev.millrace.scheduler.SchedulerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schedule.BackgroundWorkerEdits;
import dev.millrace.schedule.BackgroundWorkerEdits.Change;
import dev.millrace.schedule.BackgroundWorkerEdits.Rules;
import dev.millrace.schedule.BackgroundWorkerEdits.Switch;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an admin changes while three nodes fire. */
class ChangesTest {
  private static final Duration IN_FORCE = Duration.ofSeconds(2);

  private final SchedulerFixture millrace = new SchedulerFixture();
  private final BackgroundWorkerEdits edits = new BackgroundWorkerEdits(millrace.jdbi);

  @BeforeEach
  void three_nodes() {
    millrace.worker("changed", 1);
    millrace.sql("UPDATE background_workers SET updated_at = now()");
    for (int i = 0; i < 3; i++) {
      millrace.node();
    }
    await().until(() -> millrace.slots("changed", "enqueued").size() >= 3);
  }

  @AfterEach
  void close() {
    millrace.close();
  }

  private void change(Change change) {
    assertThat(edits.apply("changed", OptionalLong.empty(), change)).isPresent();
  }

  private static Change every(int seconds) {
    return new Change(
        Optional.empty(),
        OptionalInt.of(seconds),
        Optional.empty(),
        Optional.empty(),
        Rules.AS_THEY_ARE);
  }

  private Instant newest(String outcome) {
    return Instant.ofEpochSecond(
        millrace.count(
            "SELECT coalesce(max(extract(epoch FROM fire_time)), 0)::bigint FROM millrace.fires"
                + " WHERE schedule = 'changed' AND outcome = ?",
            outcome));
  }

  @Test
  void a_switch_is_in_force_on_every_node_at_the_next_slot() {
    change(Change.to(new Switch(false, "test", Optional.of("maintenance"))));
    Instant switched = Instant.now();

    await().until(() -> newest("disabled").isAfter(switched.plusSeconds(4)));

    assertThat(newest("enqueued")).isBefore(switched.plus(IN_FORCE));
  }

  @Test
  void another_interval_is_in_force_on_every_node_within_two_seconds() {
    change(every(86_400));
    Instant slowed = Instant.now();
    await()
        .during(Duration.ofSeconds(4))
        .until(() -> newest("enqueued").isBefore(slowed.plus(IN_FORCE)));

    change(every(1));
    Instant hastened = Instant.now();
    await().until(() -> newest("enqueued").isAfter(hastened.plusSeconds(4)));

    assertThat(
            millrace.count(
                "SELECT count(*) FROM millrace.fires WHERE schedule = 'changed' AND outcome ="
                    + " 'enqueued' AND fire_time BETWEEN ?::timestamptz AND ?::timestamptz",
                hastened.plus(IN_FORCE).toString(),
                hastened.plus(IN_FORCE).plusSeconds(2).toString()))
        .as("each second from then on")
        .isEqualTo(2);
  }

  @Test
  void changes_of_the_interval_fire_no_slot_twice() {
    int[] intervals = {2, 3, 1, 5, 1, 2, 1, 4, 1, 3, 2, 1};
    for (int seconds : intervals) {
      Instant before = newest("enqueued");
      change(every(seconds));
      await().until(() -> newest("enqueued").isAfter(before));
    }

    assertThat(millrace.jobs("changed")).isEqualTo(millrace.slots("changed", "enqueued").size());
  }

  @Test
  void a_row_deleted_and_made_again_fires_by_its_new_interval() {
    millrace.worker("again", 86_400);
    await()
        .until(
            () ->
                millrace.count(
                        "SELECT count(*) FROM background_workers WHERE worker_name = 'again' AND next_run_at > now()")
                    == 1);

    millrace.jdbi.useTransaction(
        handle -> {
          handle.execute("DELETE FROM background_workers WHERE worker_name = 'again'");
          handle.execute(
              "INSERT INTO background_workers (worker_name, interval_seconds, kind, overlap_policy)"
                  + " VALUES ('again', 1, 'test.noop', 'allow')");
        });

    await().until(() -> millrace.slots("again", "enqueued").size() >= 3);
  }
}
