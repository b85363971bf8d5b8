package dev.millrace.stats.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.queue.Leases;
import dev.millrace.stats.CacheInvalidation;
import dev.millrace.testing.HeldTransaction;
import dev.millrace.worker.WorkerFixture;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A queue worker process is killed between the commits of a stats job and the call of the cache. A
 * lock on the outbox stops it there.
 */
class CacheDrillTest {
  private static final String LOCK =
      "LOCK TABLE millrace.cache_invalidations IN ACCESS EXCLUSIVE MODE";

  private final StatsFixture stats = new StatsFixture(Leases.LEASE);

  @BeforeEach
  void functions() {
    stats.empty();
    stats.function("good", "");
    stats.function("other", "");
    stats.function("bad", "PERFORM 1 / 0;");
    stats.execute(
        "INSERT INTO millrace.kinds (kind) VALUES ('stats.update'), ('cache.invalidate') ON CONFLICT DO NOTHING");
  }

  @AfterEach
  void close() {
    stats.close();
  }

  private Process doomed() throws Exception {
    return StatsWorkerProcess.start(
        stats.millrace.jdbcUrl(), stats.millrace.redisUrl(), stats.cache.url("/"));
  }

  private static void lock(Handle outbox) {
    HeldTransaction.begin(outbox);
    outbox.execute(LOCK);
  }

  /** Kills -9 a process that waits for the locked outbox. */
  private void killAtTheOutbox(Process doomed) throws Exception {
    try {
      WorkerFixture.await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  stats.millrace.count(
                          "SELECT count(*) FROM pg_locks WHERE NOT granted"
                              + " AND relation = 'millrace.cache_invalidations'::regclass")
                      == 1);
    } finally {
      doomed.destroyForcibly().waitFor();
    }
  }

  private void toldOnceOfWhatHadCommitted() {
    CacheInvalidation told = stats.invalidation();
    assertThat(told.state()).isEqualTo("sent");
    assertThat(stats.cache.calls()).hasSize(1);
    assertThat(StatsFixture.tags(stats.cache.calls().get(0)))
        .containsExactly("tag_good", "tag_other");
    assertThat(stats.millrace.count("SELECT count(*) FROM millrace.cache_invalidations"))
        .isEqualTo(1);
    assertThat(stats.runs("good")).isEqualTo(1);
    assertThat(stats.runs("other")).isEqualTo(1);
  }

  @Test
  void a_kill_after_the_last_function_still_invalidates_the_cache() throws Exception {
    try (Handle outbox = stats.millrace.jdbi.open()) {
      lock(outbox);
      long job = stats.enqueue();
      killAtTheOutbox(doomed());
      assertThat(
              stats.millrace.count(
                  "SELECT count(*) FROM millrace.stats_runs WHERE job_id = ? AND status = 'completed'",
                  job))
          .isEqualTo(2);
      assertThat(stats.cache.calls()).isEmpty();
      outbox.rollback();
      stats.working();
      assertThat(stats.end(job)).isEqualTo("failed");
      assertThat(stats.error(job)).startsWith("1 of 3 stats functions failed: bad");
      toldOnceOfWhatHadCommitted();
    }
  }

  @Test
  void another_worker_invalidates_after_a_kill_before_the_call() throws Exception {
    stats.execute(
        "INSERT INTO millrace.pauses (kind, paused_by, reason) VALUES ('cache.invalidate', 'test', 'the stats first')");
    long job = stats.enqueue();
    Process doomed = doomed();
    try (Handle outbox = stats.millrace.jdbi.open()) {
      assertThat(stats.end(job)).isEqualTo("failed");
      lock(outbox);
      stats.execute("DELETE FROM millrace.pauses");
      killAtTheOutbox(doomed);
      assertThat(
              stats.millrace.count(
                  "SELECT count(*) FROM millrace.jobs WHERE kind = 'cache.invalidate' AND state = 'processing'"))
          .isEqualTo(1);
      assertThat(stats.cache.calls()).isEmpty();
      outbox.rollback();
      stats.working();
      toldOnceOfWhatHadCommitted();
    } finally {
      doomed.destroyForcibly();
    }
  }
}
