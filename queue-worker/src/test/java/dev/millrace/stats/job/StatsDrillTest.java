package dev.millrace.stats.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.queue.Leases;
import dev.millrace.stats.CacheInvalidation;
import dev.millrace.worker.WorkerFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A queue worker process is killed while some functions of its job have committed and one runs. */
class StatsDrillTest {
  private static final int GATE = 4711;

  private final StatsFixture stats = new StatsFixture(Leases.LEASE);

  @BeforeEach
  void functions() {
    stats.empty();
    for (int i = 0; i < 4; i++) {
      stats.function("quick_" + i, "");
    }
    stats.function("gated", "PERFORM pg_advisory_xact_lock(" + GATE + ");");
    stats.execute(
        "INSERT INTO millrace.kinds (kind) VALUES ('stats.update'), ('cache.invalidate') ON CONFLICT DO NOTHING");
  }

  @AfterEach
  void close() {
    stats.close();
  }

  /** Runs the job in a process and kills it -9 when all but the gated function have committed. */
  private long killed(Handle gate) throws Exception {
    gate.execute("SELECT pg_advisory_lock(?)", GATE);
    long job = stats.enqueue();
    Process doomed =
        StatsWorkerProcess.start(
            stats.millrace.jdbcUrl(), stats.millrace.redisUrl(), stats.cache.url("/"));
    try {
      WorkerFixture.await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  stats.millrace.count(
                          "SELECT count(*) FROM millrace.stats_runs WHERE job_id = ? AND status = 'completed'",
                          job)
                      == 4);
    } finally {
      doomed.destroyForcibly().waitFor();
    }
    return job;
  }

  @Test
  void a_killed_stats_job_is_rescued_and_counts_nothing_twice() throws Exception {
    try (Handle gate = stats.millrace.jdbi.open()) {
      long job = killed(gate);
      Instant death = Instant.now();
      stats.working();
      gate.execute("SELECT pg_advisory_unlock(?)", GATE);
      assertThat(stats.end(job)).isEqualTo("completed");
      Instant again =
          stats.millrace.jdbi.withHandle(
              handle ->
                  handle
                      .select("SELECT started_at FROM millrace.jobs WHERE id = ?", job)
                      .mapTo(Instant.class)
                      .one());
      assertThat(Duration.between(death, again)).isLessThan(Duration.ofSeconds(15));
      for (String function : List.of("quick_0", "quick_1", "quick_2", "quick_3", "gated")) {
        assertThat(stats.runs(function)).as(function).isEqualTo(1);
      }
      assertThat(stats.result(job).path("completed").asInt()).isEqualTo(5);
      assertThat(stats.invalidation().tags())
          .containsExactly("tag_gated", "tag_quick_0", "tag_quick_1", "tag_quick_2", "tag_quick_3");
      assertThat(stats.cache.calls()).hasSize(1);
    }
  }

  @Test
  void tags_of_committed_functions_are_sent_even_if_the_job_fails() throws Exception {
    try (Handle gate = stats.millrace.jdbi.open()) {
      long job = killed(gate);
      stats.execute("UPDATE millrace.jobs SET max_attempts = 1 WHERE id = " + job);
      assertThat(stats.end(job)).isEqualTo("failed");
      assertThat(stats.outbox.sweep()).isEqualTo(1);
      assertThat(stats.outbox.sweep()).as("once").isZero();
      stats.working();
      CacheInvalidation told = stats.invalidation();
      assertThat(told.state()).isEqualTo("sent");
      assertThat(told.tags())
          .containsExactly("tag_quick_0", "tag_quick_1", "tag_quick_2", "tag_quick_3");
    }
  }
}
