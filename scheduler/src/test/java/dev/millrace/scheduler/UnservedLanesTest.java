package dev.millrace.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.queue.ScanPace;
import dev.millrace.stats.StatsQueue;
import dev.millrace.testing.LogLines;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnservedLanesTest {
  private final SchedulerFixture millrace = new SchedulerFixture();
  private final StatsQueue queue = new StatsQueue(millrace.jdbi);

  @AfterEach
  void close() {
    millrace.close();
  }

  private void worker(String id, String queueName, String lease) {
    millrace.sql(
        "INSERT INTO millrace.queue_workers (worker_id, name, host, pid, queues, kinds, concurrency, lease_until)"
            + " VALUES (?, ?, 'h', 1, ARRAY[?], '{stats.update,cache.invalidate,test.noop}', 1, now() + ?::interval)",
        id,
        id,
        queueName,
        lease);
  }

  private void jobs(String queueName, String... kinds) {
    for (String kind : kinds) {
      millrace.sql("INSERT INTO millrace.jobs (kind, queue) VALUES (?, ?)", kind, queueName);
    }
  }

  private String waiting() {
    return String.valueOf(
        millrace.text(
            "SELECT string_agg(kind || ' in ' || queue, ', ' ORDER BY kind, queue) FROM millrace.jobs"));
  }

  private String unserved() {
    return String.valueOf(
        millrace.text(
            "SELECT string_agg(kind || ' in ' || queue, ', ' ORDER BY kind, queue) FROM millrace.unserved_lanes"));
  }

  @Test
  void a_lane_is_unserved_after_30_s_without_a_claim() {
    jobs("default", "test.noop", "mv.refresh");
    jobs("heavy", "test.noop");
    assertThat(unserved())
        .isEqualTo("mv.refresh in default, test.noop in default, test.noop in heavy");
    worker("w1", "default", "-20 seconds");
    worker("w2", "heavy", "-40 seconds");
    assertThat(unserved()).isEqualTo("mv.refresh in default, test.noop in heavy");
  }

  @Test
  void unclaimed_stats_jobs_are_moved_and_others_logged_once() {
    jobs("default", "stats.update", "cache.invalidate", "test.noop");
    worker("w", "stats-update-queue", "10 seconds");
    UnservedLanes lanes = new UnservedLanes(millrace.jdbi, new ScanPace(Duration.ofMinutes(1)));
    try (LogLines log = new LogLines(UnservedLanes.class)) {
      lanes.check();
      lanes.check();
      assertThat(waiting())
          .isEqualTo(
              "cache.invalidate in stats-update-queue, stats.update in stats-update-queue,"
                  + " test.noop in default");
      assertThat(log.lines())
          .containsExactly(
              "test.noop jobs wait in queue default, and no queue worker there runs them"
                  + " (see QUEUE_NAME, DISABLE_MV_WORKER)");
      worker("d", "default", "10 seconds");
      lanes.check();
      assertThat(log.lines()).last().isEqualTo("test.noop jobs wait no longer in queue default");
    }
  }

  @Test
  void they_go_to_the_queue_of_stats_jobs_first_and_stay_where_there_is_none() {
    jobs("default", "stats.update");
    assertThat(queue.rehome(Duration.ofSeconds(5))).isZero();
    worker("a", "a", "10 seconds");
    worker("z", "z", "10 seconds");
    millrace.sql("UPDATE millrace.stats_settings SET queue = 'z'");
    assertThat(queue.rehome(Duration.ofSeconds(5))).isEqualTo(1);
    assertThat(waiting()).isEqualTo("stats.update in z");
  }

  @Test
  void a_queue_that_was_named_by_hand_is_left_alone() {
    jobs("nightly", "stats.update");
    worker("w", "default", "10 seconds");
    assertThat(queue.rehome(Duration.ofSeconds(5))).isZero();
  }

  @Test
  void waiting_stats_jobs_move_when_their_queue_changes() {
    jobs("default", "stats.update", "test.noop");
    jobs("nightly", "stats.update");
    queue.set("stats-update-queue");
    queue.set("stats-update-queue");
    assertThat(waiting())
        .isEqualTo(
            "stats.update in nightly, stats.update in stats-update-queue, test.noop in default");
    queue.set("default");
    assertThat(waiting())
        .isEqualTo("stats.update in default, stats.update in nightly, test.noop in default");
  }
}
