package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.job.JobState;
import dev.millrace.job.NewJob;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.JobResults.Again;
import dev.millrace.queue.Leases;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Why a job is in its state, with jobs that are in that state. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WhyJobTest {
  private static final String JOBS = "/api/admin/jobs";
  private static final String PAUSES = "/api/admin/pauses";
  private static final Duration HOUR = Duration.ofHours(1);

  private final ApiFixture api = new ApiFixture();

  @BeforeEach
  void clean() {
    api.clear();
    api.sql("DELETE FROM millrace.pauses");
    api.sql("DELETE FROM millrace.queue_workers WHERE worker_id <> ?", ApiFixture.WORKER);
    api.kindIsKnown("test.noop", "[]");
    api.kindIsKnown("test.other", "[]");
    schedulerChecksIn();
  }

  @AfterAll
  void close() {
    api.close();
  }

  /** As a scheduler node does. */
  private void schedulerChecksIn() {
    api.sql(
        "INSERT INTO millrace.scheduler_nodes (node, host, pid, clock_skew_ms, checked_in_at) VALUES ('node-1', 'here', 1, 0, now() + interval '1 hour')"
            + " ON CONFLICT (node) DO UPDATE SET checked_in_at = excluded.checked_in_at");
  }

  private String enqueue(String fields) {
    return api.post(JOBS, "{\"kind\": \"test.noop\"" + fields + "}").json().path("job_id").asText();
  }

  private JsonNode why(String job) {
    return api.get(JOBS + "/" + job + "/why").json().path("reasons");
  }

  /** The reasons of a job have these codes, in this order; the first says this. */
  private JsonNode is(String job, String codes, String says) {
    JsonNode reasons = why(job);
    assertThat(reasons.findValuesAsText("code"))
        .as("%s", reasons)
        .isEqualTo(List.of(codes.split(" ")));
    assertThat(reasons.at("/0/message").asText()).containsPattern(says);
    return reasons;
  }

  private void again(Again how, String error) {
    assertThat(api.results.again(api.claim("test.noop"), how, HOUR, error)).isTrue();
  }

  @Test
  void a_job_with_a_delay_is_not_due() {
    String job = enqueue(", \"delay_seconds\": 3600");
    JsonNode reasons = is(job, "not_due", "^it is not due until 20.*Z, for (59 min|1 h 0 min)$");
    assertThat(Instant.parse(reasons.at("/0/until").asText()))
        .isBetween(Instant.now().plusSeconds(3000), Instant.now().plusSeconds(3700));
    assertThat(reasons.at("/0/link").isNull()).isTrue();
  }

  @Test
  void a_debounced_job_collects_calls_of_its_unique_key() {
    String job = enqueue(", \"unique_key\": \"feed\", \"debounce\": {\"window_seconds\": 60}");
    is(job, "debounced", "^it collects further calls of unique key 'feed' until 20.*Z, for");
  }

  @Test
  void a_failed_attempt_waits_out_a_back_off() {
    String job = enqueue("");
    again(Again.FAILED, "the mail server is down");
    is(
        job,
        "backing_off",
        "^attempt 2 of 5 waits out a back-off until .*; attempt 1 failed: the mail server is down$");
  }

  @Test
  void an_attempt_of_a_lost_worker_waits_out_a_back_off() {
    String job = enqueue("");
    again(Again.LOST, "the lease ended");
    is(job, "backing_off", "attempt 1 was lost with queue worker worker-1: the lease ended$");
  }

  @Test
  void a_snoozed_job_was_put_off_by_its_handler() {
    String job = enqueue("");
    again(Again.SNOOZED, "the server asked for a pause");
    is(job, "snoozed", "^its handler has put it off until .*: the server asked for a pause$");
  }

  @Test
  void a_due_job_waits_for_a_scheduler_that_is_away() {
    String job = enqueue(", \"delay_seconds\": 0.05");
    await().until(() -> why(job).at("/0/code").asText().equals("due"));
    api.sql("UPDATE millrace.scheduler_nodes SET checked_in_at = now() - interval '1 hour'");
    JsonNode reasons = is(job, "due no_scheduler", "^it has been due since 20.*Z, and a scheduler");
    assertThat(reasons.at("/1/message").asText())
        .matches("no scheduler has checked in since 20.*Z: jobs that become due are not queued.*");
    api.sql("DELETE FROM millrace.scheduler_nodes");
    assertThat(why(job).at("/1/message").asText()).startsWith("no scheduler has ever checked in: ");
  }

  @Test
  void every_pause_of_a_lane_is_named_with_its_author_and_reason() {
    String job = enqueue("");
    api.post(PAUSES, "{\"queue\": \"default\", \"paused_by\": \"ada\", \"reason\": \"a release\"}");
    api.post(PAUSES, "{\"kind\": \"test.noop\", \"paused_by\": \"bob\", \"reason\": \"a fault\"}");
    JsonNode reasons =
        is(job, "paused paused", "^queue default is paused by ada since 20.*Z because: a release$");
    assertThat(reasons.at("/1/message").asText()).startsWith("kind test.noop is paused by bob");
    assertThat(reasons.at("/0/link").asText()).isEqualTo(PAUSES);
  }

  @Test
  void a_lane_without_a_queue_worker_is_unserved() {
    String job = enqueue(", \"queue\": \"mail\"");
    is(
        job,
        "unserved",
        "^no queue worker serves kind test.noop in queue mail: 1 queue worker with other kinds or queues is running$");
    api.sql("UPDATE millrace.queue_workers SET state = 'draining'");
    is(job, "unserved", ": none is running$");
    api.sql("UPDATE millrace.queue_workers SET state = 'running'");
  }

  @Test
  void a_held_lock_key_names_its_job_and_worker() {
    String held = enqueue(", \"lock_key\": \"book\"");
    String second = enqueue(", \"lock_key\": \"book\"");
    String third = enqueue(", \"lock_key\": \"book\"");
    api.claim("test.noop");
    JsonNode reasons =
        is(
            second,
            "lock_held",
            "^lock key 'book' is held by job "
                + held
                + ", which has been running for \\d+ s on queue worker worker-1$");
    assertThat(reasons.at("/0/link").asText()).isEqualTo(JOBS + "/" + held + "/why");
    reasons = is(third, "lock_held behind_of_lock_key behind", "^lock key 'book' is held");
    assertThat(reasons.at("/1/message").asText())
        .isEqualTo("1 job of lock key 'book' ranks higher");
  }

  @Test
  void a_limit_that_is_reached_names_its_jobs() {
    String limit = ", \"limit\": {\"key\": \"mails\", \"max\": 2}";
    List<String> held = List.of(enqueue(limit), enqueue(limit));
    String waits = enqueue(limit);
    api.claim("test.noop");
    api.claim("test.noop");
    is(
        waits,
        "limit_reached",
        "^limit 2 of 2 of limit key 'mails' is reached by jobs " + String.join(", ", held) + "$");
  }

  @Test
  void a_suspect_runs_alone_and_keeps_its_lock_key() {
    String suspect = enqueue(", \"lock_key\": \"book\"");
    assertThat(api.results.again(api.claim("test.noop"), Again.LOST, Duration.ZERO, "gone"))
        .isTrue();
    is(
        suspect,
        "runs_alone",
        "^its last attempt ended with the process: it is claimed only by a queue worker");
    String other = enqueue(", \"lock_key\": \"book\"");
    api.sql(
        "UPDATE millrace.jobs SET run_at = clock_timestamp() - interval '25 s' WHERE id = ?::bigint",
        suspect);
    JsonNode reasons = why(other);
    assertThat(reasons.findValuesAsText("code"))
        .containsExactly("behind_of_lock_key", "key_kept", "behind");
    assertThat(reasons.at("/1/message").asText())
        .startsWith("lock key 'book' is kept for job " + suspect + ", which has to run alone");
  }

  @Test
  void a_job_behind_others_says_how_many_and_that_workers_are_busy() {
    List<String> jobs = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      jobs.add(enqueue(""));
    }
    api.client.enqueue(NewJob.of("mv.refresh", "{}").withPriority(5));
    is(jobs.get(5), "behind", "^it is behind 6 jobs of higher rank in queue default$");
    api.sql(
        "INSERT INTO millrace.job_minutes (at, queue, kind, outcome, jobs, waits, runs)"
            + " SELECT date_trunc('minute', clock_timestamp()) - interval '1 minute' * back, queue, kind, outcome, jobs, '{}', '{}'"
            + " FROM (VALUES (1, 'default', 'test.noop', 'completed', 8), (2, 'default', 'test.noop', 'failed', 2),"
            + " (2, 'default', 'test.noop', 'retried', 100), (9, 'default', 'test.noop', 'completed', 100),"
            + " (1, 'other', 'test.noop', 'completed', 100), (1, 'default', '*', 'completed', 100))"
            + " ended (back, queue, kind, outcome, jobs)");
    is(
        jobs.get(5),
        "behind",
        "^it is behind 6 jobs of higher rank in queue default; of late 2.0 a minute have ended"
            + " there, so that its turn comes in about 3 min 0 s$");
    api.sql("TRUNCATE millrace.job_minutes");
    for (int i = 0; i < 4; i++) {
      api.claim("test.noop");
    }
    JsonNode reasons =
        is(jobs.get(5), "behind workers_busy", "^it is behind 2 jobs of higher rank");
    assertThat(reasons.at("/1/message").asText())
        .isEqualTo("4 of 4 places are taken on 1 queue worker that can run it");
  }

  @Test
  void a_job_that_nothing_holds_is_ready() {
    is(enqueue(""), "ready", "^it has been ready for \\d+ s, and a queue worker");
    api.sql("DELETE FROM millrace.scheduler_nodes");
    is(enqueue(", \"priority\": 9"), "ready no_scheduler", "^it has been ready");
  }

  @Test
  void a_job_that_may_not_begin_any_more_is_over_its_deadline() {
    String job = enqueue(", \"start_by\": \"" + Instant.now().plusSeconds(2) + "\"");
    await().until(() -> why(job).findValuesAsText("code").contains("deadline_over"));
    is(job, "deadline_over", "^its deadline 20.*Z is over, and a scheduler ends it as failed$");
  }

  @Test
  void a_running_job_names_its_attempt_and_worker() {
    String job = enqueue("");
    api.claim("test.noop");
    is(job, "running", "^attempt 1 of 5 has been running for \\d+ s on queue worker worker-1$");
    api.post(JOBS + "/" + job + "/cancel", null);
    is(
        job,
        "cancelling running",
        "^its cancel was asked for at 20.*Z, and queue worker worker-1 stops it$");
  }

  @Test
  void a_job_of_a_worker_whose_lease_has_ended_is_taken_back() {
    String job = enqueue("");
    new Leases(api.jdbi, HOUR)
        .register(
            new Leases.Registration(
                "worker-2", "worker", "here", 2, List.of("default"), List.of("test.noop"), 1));
    assertThat(api.claims.claimNext("worker-2", "default", List.of("test.noop"), 1)).hasSize(1);
    api.sql(
        "UPDATE millrace.queue_workers SET lease_until = clock_timestamp() WHERE worker_id = 'worker-2'");
    is(
        job,
        "worker_lost",
        "^the lease of queue worker worker-2 ended \\d+ s ago: a scheduler takes");
    api.sql("DELETE FROM millrace.scheduler_nodes");
    is(job, "worker_lost no_scheduler", "^the lease of queue worker worker-2");
  }

  @Test
  void a_parent_waits_for_its_children() {
    String job = enqueue("");
    ClaimedJob parent = api.claim("test.noop");
    assertThat(
            api.results.waiting(
                parent,
                List.of(NewJob.of("test.other", "{}"), NewJob.of("test.other", "{}")),
                "{}"))
        .isTrue();
    JsonNode reasons =
        is(
            job,
            "waits_for_children",
            "^all of its 2 children are unfinished; it ends with the last");
    assertThat(reasons.at("/0/link").asText()).matches(JOBS + "/\\d+/why");
    assertThat(api.complete(api.claim("test.other"))).isTrue();
    is(job, "waits_for_children", "^1 of its 2 children is unfinished");
  }

  @Test
  void a_job_that_has_ended_says_so_with_its_error() {
    String completed = enqueue("");
    assertThat(api.complete(api.claim("test.noop"))).isTrue();
    is(completed, "completed", "^it is completed since 20.*Z$");
    String failed = enqueue("");
    assertThat(api.fail(api.claim("test.noop"), "division by zero")).isTrue();
    is(failed, "failed", "^it is failed since 20.*Z: division by zero$");
    String cancelled = enqueue("");
    api.post(JOBS + "/" + cancelled + "/cancel", null);
    is(cancelled, "cancelled", "^it is cancelled since 20");
    assertThat(api.state(Long.parseLong(cancelled))).isEqualTo(JobState.CANCELLED.text());
    assertThat(api.get(JOBS + "/4711471147/why").status()).isEqualTo(404);
  }

  /** Of the rows that a reason would have to count, however many there are. */
  @Test
  void no_table_is_read_as_a_whole_and_counts_stop_at_ten_thousand() {
    api.sql("ANALYZE millrace.jobs");
    String book = ", \"lock_key\": \"book\"";
    String held = enqueue(book);
    api.claim("test.noop");
    api.sql(
        "INSERT INTO millrace.jobs (kind, payload, lock_key, limit_key, limit_max, priority)"
            + " SELECT 'test.noop', '{}', 'book', 'mails', 3, 7 FROM generate_series(1, 30000)");
    String last = enqueue(book + ", \"limit\": {\"key\": \"mails\", \"max\": 3}");
    JsonNode reasons = is(last, "lock_held behind_of_lock_key behind", "job " + held + ",");
    assertThat(reasons.at("/1/message").asText())
        .isEqualTo("more than 10,000 jobs of lock key 'book' rank higher");
    assertThat(reasons.at("/2/message").asText())
        .isEqualTo("it is behind more than 10,000 jobs of higher rank in queue default");
    for (String statistics : List.of("SELECT", "ANALYZE millrace.jobs")) {
      api.sql(statistics);
      Reads reads = readsOf("SELECT count(*) FROM millrace.why_job(" + last + ")");
      assertThat(reads.sequential()).as(statistics).isZero();
      assertThat(reads.entries()).as(statistics).isBetween(20_002L, 20_100L);
    }
  }

  /** How often a statement reads the table of jobs as a whole, and how many entries of indexes. */
  private record Reads(long sequential, long entries) {}

  private Reads readsOf(String statement) {
    try (Handle handle = api.jdbi.open()) {
      handle.begin();
      Reads before = reads(handle);
      handle.select(statement).mapTo(Long.class).one();
      Reads after = reads(handle);
      handle.rollback();
      return new Reads(
          after.sequential() - before.sequential(), after.entries() - before.entries());
    }
  }

  private static Reads reads(Handle handle) {
    return handle
        .select(
            "SELECT pg_stat_get_xact_numscans('millrace.jobs'::regclass),"
                + " (SELECT sum(pg_stat_get_xact_tuples_returned(i.indexrelid)) FROM pg_index i"
                + "   WHERE i.indrelid = 'millrace.jobs'::regclass)::bigint")
        .map((row, context) -> new Reads(row.getLong(1), row.getLong(2)))
        .one();
  }
}
