package dev.millrace.scheduler.leader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.queue.FamilyCancel;
import dev.millrace.queue.JobControl.Cancelled;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Families too large to be cancelled in one transaction. */
class LargeFamilyTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final LeaderFixture queue = new LeaderFixture();
  private final FamilyCancel cancels = new FamilyCancel(queue.jdbi);

  @AfterEach
  void close() {
    queue.close();
  }

  /** A waiting parent with children, some of which have three of their own. */
  private long family(int children, int withChildren) {
    return queue.jdbi.inTransaction(
        handle -> {
          long root = insert(handle, "('test.noop', 'waiting', NULL, " + children + ")");
          handle.execute(
              "INSERT INTO millrace.jobs (kind, state, parent_id, children_left, children_total)"
                  + " SELECT 'test.noop', CASE WHEN n <= ? THEN 'waiting' ELSE 'queued' END, ?,"
                  + " CASE WHEN n <= ? THEN 3 ELSE 0 END, CASE WHEN n <= ? THEN 3 ELSE 0 END"
                  + " FROM generate_series(1, ?) n",
              withChildren,
              root,
              withChildren,
              withChildren,
              children);
          handle.execute(
              "INSERT INTO millrace.jobs (kind, state, parent_id)"
                  + " SELECT 'test.noop', 'scheduled', id FROM millrace.jobs CROSS JOIN generate_series(1, 3)"
                  + " WHERE parent_id = ? AND state = 'waiting'",
              root);
          handle.execute("ANALYZE millrace.jobs");
          return root;
        });
  }

  private static long insert(Handle handle, String values) {
    return handle
        .select(
            "INSERT INTO millrace.jobs (kind, state, parent_id, children_left) VALUES "
                + values
                + " RETURNING id")
        .mapTo(Long.class)
        .one();
  }

  private long number(String query, Object... args) {
    return queue.jdbi.withHandle(handle -> handle.select(query, args).mapTo(Long.class).one());
  }

  private long unfinished() {
    return number("SELECT count(*) FROM millrace.jobs WHERE finished_at IS NULL");
  }

  @Test
  void a_family_of_many_steps_is_cancelled_with_its_grandchildren() {
    long root = family(3_500, 1_000);
    assertThat(cancels.cancelIfLarge(root, LONG)).contains(Cancelled.AT_ONCE);
    assertThat(number("SELECT count(*) FROM millrace.jobs WHERE state = 'cancelled'"))
        .isEqualTo(1 + 3_500 + 3_000);
    assertThat(number("SELECT count(*) FROM millrace.family_cancels")).isZero();
  }

  @Test
  void the_leader_finishes_a_cancel_that_stopped_after_its_first_step() {
    long root = family(3_500, 0);
    assertThat(cancels.cancelIfLarge(root, Duration.ZERO)).contains(Cancelled.REQUESTED);
    assertThat(unfinished()).isEqualTo(3_501);
    queue.dispatch.expire();
    assertThat(unfinished()).isZero();
    assertThat(queue.state(root)).isEqualTo("cancelled");
    assertThat(number("SELECT count(*) FROM millrace.family_cancels")).isZero();
  }

  @Test
  void a_locked_child_keeps_no_other_and_is_cancelled_when_it_is_free() {
    long root = family(2_500, 0);
    long locked = root + 1;
    try (Handle stranger = queue.jdbi.open()) {
      stranger.begin();
      stranger.execute("SELECT FROM millrace.jobs WHERE id = ? FOR UPDATE", locked);
      assertThat(cancels.cancelIfLarge(root, LONG)).contains(Cancelled.REQUESTED);
      assertThat(unfinished()).as("the child and its parent").isEqualTo(2);
      stranger.rollback();
    }
    queue.dispatch.expire();
    assertThat(unfinished()).isZero();
    assertThat(queue.state(root)).isEqualTo("cancelled");
  }

  @Test
  void a_locked_parent_within_a_large_family_never_ends_as_completed() {
    long root = family(2_500, 1_000);
    long locked = root + 1;
    try (Handle stranger = queue.jdbi.open()) {
      stranger.begin();
      stranger.execute("SELECT FROM millrace.jobs WHERE id = ? FOR UPDATE", locked);
      assertThat(cancels.cancelIfLarge(root, LONG)).contains(Cancelled.REQUESTED);
      stranger.rollback();
    }
    queue.dispatch.expire();
    assertThat(unfinished()).isZero();
    assertThat(number("SELECT count(*) FROM millrace.jobs WHERE state <> 'cancelled'")).isZero();
  }

  @Test
  void the_children_of_a_large_family_that_run_are_asked_to_stop() {
    long root = family(2_500, 0);
    queue.worker("a");
    long running = root + 5;
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET state = 'processing', attempt = 1, fence = nextval('millrace.fence'),"
                    + " worker_id = 'a', started_at = now() WHERE id = ?",
                running));
    assertThat(cancels.cancelIfLarge(root, LONG)).contains(Cancelled.REQUESTED);
    assertThat(
            number(
                "SELECT count(*) FROM millrace.jobs WHERE state = 'processing' AND cancel_requested_at IS NOT NULL"))
        .isOne();
    assertThat(unfinished()).isEqualTo(2);
  }
}
