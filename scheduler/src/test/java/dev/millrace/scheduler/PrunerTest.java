package dev.millrace.scheduler;

import static dev.millrace.scheduler.SchedulerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrunerTest {
  private final SchedulerFixture millrace = new SchedulerFixture();
  private final Pruner pruner = new Pruner(millrace.jdbi, Retention.DEFAULT);

  @AfterEach
  void close() {
    millrace.close();
  }

  private void job(long id, String state, String age, String more) {
    millrace.sql(
        "INSERT INTO millrace.jobs (id, kind, state, finished_at, parent_id, children_failed) VALUES ("
            + id
            + ", 'test.noop', '"
            + state
            + "', now() - interval '"
            + age
            + "', "
            + more
            + ")");
  }

  private String ids() {
    return String.valueOf(
        millrace.text("SELECT string_agg(id::text, ' ' ORDER BY id) FROM millrace.jobs"));
  }

  @Test
  void jobs_go_when_they_are_old_enough_and_children_with_their_parents() {
    job(1, "completed", "8 days", "NULL, 0");
    job(2, "completed", "6 days", "NULL, 0");
    job(3, "cancelled", "8 days", "NULL, 0");
    job(4, "failed", "8 days", "NULL, 0");
    job(5, "failed", "31 days", "NULL, 0");
    job(10, "completed", "8 days", "NULL, 1");
    job(11, "completed", "9 days", "10, 0");
    job(12, "failed", "9 days", "10, 0");
    job(20, "completed", "8 days", "NULL, 0");
    job(21, "completed", "9 days", "20, 0");
    millrace.sql("INSERT INTO millrace.jobs (id, kind) VALUES (30, 'test.noop')");
    job(31, "completed", "99 days", "30, 0");
    job(40, "completed", "8 days", "NULL, 0");
    millrace.sql("INSERT INTO millrace.jobs (id, kind, parent_id) VALUES (41, 'test.noop', 40)");
    pruner.run();
    assertThat(ids()).isEqualTo("2 4 10 11 12 30 31 40 41");
  }

  @Test
  void rows_of_the_audit_go_after_their_time_and_sessions_at_their_end() {
    for (int days : List.of(364, 366, 40, 29)) {
      millrace.sql(
          "INSERT INTO millrace.audit (at, who, who_type, address, request_id, action, target, outcome)"
              + " VALUES (now() - interval '"
              + days
              + " days', 'a', 'user', '-', '"
              + days
              + "', 'x', 'x', 'allowed')");
    }
    millrace.sql(
        "INSERT INTO millrace.users (name, role, password_hash) VALUES ('a', 'viewer', '$argon2id$v=19$')");
    for (String end : List.of("-1 second", "1 hour")) {
      millrace.sql(
          "INSERT INTO millrace.sessions (token_hash, user_name, expires_at, address) VALUES (sha256('"
              + end
              + "'), 'a', now() + interval '"
              + end
              + "', '-')");
    }
    pruner.run();
    assertThat(audit()).isEqualTo("29 364 40");
    assertThat(millrace.text("SELECT count(*)::text FROM millrace.sessions")).isEqualTo("1");
    new Pruner(millrace.jdbi, Retention.DEFAULT.withAudit(Duration.ofDays(30))).run();
    assertThat(audit()).isEqualTo("29");
  }

  private String audit() {
    return String.valueOf(
        millrace.text(
            "SELECT string_agg(request_id, ' ' ORDER BY request_id) FROM millrace.audit"));
  }

  @Test
  void counts_of_minutes_go_after_two_days_and_those_of_hours_after_thirty() {
    for (int hours : List.of(1, 47, 49, 719, 721)) {
      for (String table : List.of("job_minutes", "job_hours")) {
        millrace.sql(
            "INSERT INTO millrace."
                + table
                + " (at, queue, kind, outcome, jobs, waits, runs) VALUES (date_trunc('minute', now()) - interval '"
                + hours
                + " hours', 'default', 'test.noop', 'completed', "
                + hours
                + ", '{1}', '{1}')");
      }
      millrace.sql(
          "INSERT INTO millrace.job_count_writers (writer, batch, added_at) VALUES ('"
              + hours
              + "', 1, now() - interval '"
              + hours
              + " hours')");
    }
    pruner.run();
    assertThat(counted("job_minutes")).isEqualTo("1 47");
    assertThat(counted("job_hours")).isEqualTo("1 47 49 719");
    assertThat(
            millrace.text(
                "SELECT string_agg(writer, ' ' ORDER BY writer) FROM millrace.job_count_writers"))
        .isEqualTo("1 47");
  }

  private String counted(String table) {
    return String.valueOf(
        millrace.text("SELECT string_agg(jobs::text, ' ' ORDER BY jobs) FROM millrace." + table));
  }

  @Test
  void more_than_a_batch_goes_in_one_run() {
    millrace.sql(
        "INSERT INTO millrace.jobs (kind, state, finished_at)"
            + " SELECT 'test.noop', 'completed', now() - interval '8 days' FROM generate_series(1, 2500)");
    assertThat(pruner.run()).isEqualTo(new Pruner.Pruned(2500, false));
  }

  /** How many rows each transaction deletes, by table. */
  private void countDeletions(String table) {
    millrace.sql("CREATE TABLE IF NOT EXISTS public.deletions (t text, tx xid8, n bigint)");
    millrace.sql(
        "CREATE OR REPLACE FUNCTION count_deletions() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " INSERT INTO public.deletions SELECT TG_TABLE_NAME, pg_current_xact_id(), count(*) FROM gone;"
            + " RETURN NULL; END $$");
    millrace.sql(
        "CREATE TRIGGER count_deletions AFTER DELETE ON millrace."
            + table
            + " REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION count_deletions()");
  }

  private long mostInOneTransaction(String table) {
    return millrace.count(
        "SELECT coalesce(max(n), 0) FROM (SELECT sum(n)::bigint AS n FROM public.deletions WHERE t = ? GROUP BY tx) d",
        table);
  }

  /** Each has the parent that its number is divided to; all of them finished, children first. */
  private void family(long root, int others, int childrenOfEach) {
    millrace.sql(
        "INSERT INTO millrace.jobs (id, kind, state, finished_at, parent_id)"
            + " SELECT ? + i, 'test.noop', 'completed', now() - interval '8 days' - i * interval '1 second',"
            + "  CASE WHEN i > 0 THEN ? + (i - 1) / ? END FROM generate_series(0, ?) i",
        root,
        root,
        childrenOfEach,
        others);
  }

  @Test
  void a_family_larger_than_a_batch_goes_in_steps() {
    countDeletions("jobs");
    family(1, 4_321, 1_500);
    family(10_001, 2_000, 3);
    family(20_001, 1_300, 2_000);
    family(30_001, 3, 1);
    assertThat(pruner.run()).isEqualTo(new Pruner.Pruned(4, false));
    assertThat(ids()).isEqualTo("null");
    assertThat(millrace.count("SELECT sum(n)::bigint FROM public.deletions WHERE t = 'jobs'"))
        .isEqualTo(4 + 4_321 + 2_000 + 1_300 + 3);
    assertThat(mostInOneTransaction("jobs")).isLessThanOrEqualTo(Pruner.BATCH);
  }

  @Test
  void a_line_of_children_longer_than_a_run_has_steps_goes() {
    family(1, 120, 1);
    await().until(() -> !pruner.run().more());
    assertThat(ids()).isEqualTo("null");
  }

  @Test
  void a_family_too_large_for_one_run_is_gone_on_with_by_whichever_node_leads() {
    int children = Pruner.BATCH * (Pruner.BATCHES + 3);
    family(1, children, children);
    assertThat(pruner.run()).isEqualTo(new Pruner.Pruned(0, true));
    assertThat(millrace.count("SELECT count(*) FROM millrace.jobs"))
        .isEqualTo(1 + 3 * Pruner.BATCH);
    assertThat(millrace.text("SELECT state FROM millrace.jobs WHERE id = 1"))
        .isEqualTo("completed");
    assertThat(new Pruner(millrace.jdbi, Retention.DEFAULT).run())
        .isEqualTo(new Pruner.Pruned(1, false));
    assertThat(ids()).isEqualTo("null");
  }

  @Test
  void a_retried_grandchild_keeps_its_parents() {
    job(1, "completed", "8 days", "NULL, 0");
    job(2, "completed", "8 days", "1, 0");
    job(3, "completed", "8 days", "1, 0");
    millrace.sql("INSERT INTO millrace.jobs (id, kind, parent_id) VALUES (4, 'test.noop', 2)");
    job(5, "completed", "8 days", "NULL, 0");
    pruner.run();
    assertThat(ids()).isEqualTo("1 2 4");
    millrace.sql(
        "UPDATE millrace.jobs SET state = 'completed', finished_at = now() - interval '8 days' WHERE id = 4");
    new Pruner(millrace.jdbi, Retention.DEFAULT).run();
    assertThat(ids()).isEqualTo("null");
  }

  @Test
  void a_child_that_another_transaction_has_locked_stays_with_its_parents() {
    family(1, 3, 3);
    try (Handle stranger = millrace.jdbi.open()) {
      stranger.begin();
      stranger.execute("SELECT FROM millrace.jobs WHERE id = 3 FOR KEY SHARE");
      pruner.run();
      assertThat(ids()).isEqualTo("1 3");
      stranger.rollback();
    }
    new Pruner(millrace.jdbi, Retention.DEFAULT).run();
    assertThat(ids()).isEqualTo("null");
  }

  @Test
  void what_belongs_to_a_job_goes_in_steps_before_it() {
    countDeletions("job_logs");
    countDeletions("job_attempts");
    countDeletions("stats_requests");
    job(1, "completed", "8 days", "NULL, 0");
    millrace.sql(
        "INSERT INTO millrace.job_logs (job_id, attempt, level, message) SELECT 1, 1, 'info', 'x' FROM generate_series(1, 25000)");
    millrace.sql(
        "INSERT INTO millrace.job_attempts (job_id, fence, attempt, worker_id, started_at, outcome)"
            + " SELECT 1, n, 1, 'w', now(), 'snoozed' FROM generate_series(1, 12000) n");
    millrace.sql(
        "INSERT INTO millrace.stats_requests (request_id, job_id) SELECT n, 1 FROM generate_series(1, 11000) n");
    assertThat(pruner.run()).isEqualTo(new Pruner.Pruned(1, false));
    for (String table : List.of("job_logs", "job_attempts", "stats_requests")) {
      assertThat(mostInOneTransaction(table)).as(table).isEqualTo(10_000);
    }
    assertThat(ids()).isEqualTo("null");
  }

  @Test
  void a_rule_reads_so_many_rows_in_a_run_however_many_others_keep() {
    millrace.sql(
        "INSERT INTO millrace.jobs (kind, state, finished_at)"
            + " SELECT 'test.noop', 'failed', now() - interval '8 days' FROM generate_series(1, 205000)");
    job(900_000, "completed", "7 days 1 hour", "NULL, 0");
    assertThat(pruner.run()).isEqualTo(new Pruner.Pruned(0, true));
    assertThat(pruner.run()).isEqualTo(new Pruner.Pruned(1, false));
  }

  @Test
  void a_kind_keeps_its_jobs_for_its_own_times_and_an_admin_for_others() {
    millrace.sql(
        "INSERT INTO millrace.kinds (kind, defaults, keep_completed) VALUES"
            + " ('test.short', '{\"keep_completed_seconds\": 3600}', NULL),"
            + " ('test.long', '{\"keep_completed_seconds\": 3600, \"keep_failed_seconds\": 3600}', '1 year')");
    millrace.sql(
        "INSERT INTO millrace.jobs (id, kind, state, finished_at) VALUES"
            + " (1, 'test.short', 'completed', now() - interval '2 hours'),"
            + " (2, 'test.short', 'completed', now() - interval '1 minute'),"
            + " (3, 'test.short', 'failed', now() - interval '2 hours'),"
            + " (4, 'test.long', 'completed', now() - interval '90 days'),"
            + " (5, 'test.long', 'failed', now() - interval '2 hours'),"
            + " (6, 'test.noop', 'completed', now() - interval '2 hours')");
    pruner.run();
    assertThat(ids()).isEqualTo("2 3 4 6");
    millrace.sql(
        "UPDATE millrace.kinds SET keep_completed = '30 seconds' WHERE kind = 'test.short'");
    pruner.run();
    assertThat(ids()).as("a rule goes on where it was").isEqualTo("3 4 6");
  }

  @Test
  void the_newest_log_row_of_a_supplier_and_of_a_view_stays() {
    millrace.sql(
        "INSERT INTO suppliers (id, code, name, sheet_url) VALUES ('00000000-0000-0000-0000-000000000001', 'a', 'a', 'x')");
    for (String age : new String[] {"100 days", "101 days"}) {
      millrace.sql(
          "INSERT INTO parsing_logs (supplier_id, error_type, error_message, created_at, rows_left_out) VALUES"
              + " ('00000000-0000-0000-0000-000000000001', 'SUCCESS', ?, now() - ?::interval, 0),"
              + " (NULL, 'MASTER', ?, now() - ?::interval, 0)",
          age,
          age,
          age,
          age);
      millrace.sql(
          "INSERT INTO mv_refresh_log (view_name, status, duration_ms, refresh_completed_at)"
              + " VALUES ('v', 'success', 1, now() - ?::interval)",
          age);
    }
    pruner.run();
    assertThat(
            millrace.text(
                "SELECT string_agg(error_type || ' ' || error_message, ',') FROM parsing_logs"))
        .isEqualTo("SUCCESS 100 days");
    assertThat(millrace.count("SELECT count(*) FROM mv_refresh_log")).isEqualTo(1);
  }

  @Test
  void old_fires_and_workers_that_are_gone_go() {
    millrace.sql(
        "INSERT INTO millrace.fires (schedule, fire_time, outcome, node, fired_at)"
            + " SELECT 's', now() - d * interval '1 day', 'enqueued', 'n', now() - d * interval '1 day'"
            + " FROM unnest(ARRAY[29, 31]) d");
    millrace.sql(
        "INSERT INTO millrace.queue_workers (worker_id, name, host, pid, queues, kinds, concurrency, lease_until)"
            + " SELECT 'w' || d, 'w', 'h', 1, '{}', '{}', 1, now() - d * interval '1 day' FROM unnest(ARRAY[6, 8, 9]) d");
    millrace.sql(
        "INSERT INTO millrace.jobs (kind, state, worker_id, fence, started_at, attempt)"
            + " VALUES ('test.noop', 'processing', 'w9', 1, now(), 1)");
    pruner.run();
    assertThat(millrace.count("SELECT count(*) FROM millrace.fires")).isEqualTo(1);
    assertThat(
            millrace.text(
                "SELECT string_agg(worker_id, ' ' ORDER BY worker_id) FROM millrace.queue_workers"))
        .isEqualTo("w6 w9");
  }

  @Test
  void an_old_invalidation_without_a_job_is_pruned_with_its_tries() {
    millrace.sql(
        "INSERT INTO millrace.jobs (id, kind, state, finished_at) VALUES"
            + " (1, 'cache.invalidate', 'queued', NULL), (2, 'cache.invalidate', 'failed', now())");
    millrace.sql(
        "INSERT INTO millrace.cache_invalidations (id, stats_job_id, tags, job_id, sent_at, created_at)"
            + " OVERRIDING SYSTEM VALUE VALUES"
            + " (1, 7, '{t}', NULL, now(), now() - interval '29 days'),"
            + " (2, 7, '{t}', NULL, now(), now() - interval '31 days'),"
            + " (3, 7, '{t}', 1, NULL, now() - interval '31 days'),"
            + " (4, 7, '{t}', 2, NULL, now() - interval '31 days'),"
            + " (5, 7, '{t}', 4711, NULL, now() - interval '31 days')");
    millrace.sql(
        "INSERT INTO millrace.cache_invalidation_tries (invalidation_id, idempotency_key, duration_ms)"
            + " SELECT id, 'key-' || id, 1 FROM millrace.cache_invalidations");
    pruner.run();
    assertThat(
            millrace.text(
                "SELECT string_agg(id::text, ' ' ORDER BY id) FROM millrace.cache_invalidations"))
        .isEqualTo("1 3");
    assertThat(
            millrace.text(
                "SELECT string_agg(idempotency_key, ' ' ORDER BY invalidation_id)"
                    + " FROM millrace.cache_invalidation_tries"))
        .isEqualTo("key-1 key-3");
  }
}
