package dev.millrace.scheduler.leader;

import static dev.millrace.queue.QueueFixture.KIND;
import static dev.millrace.queue.QueueFixture.LANE;
import static dev.millrace.queue.QueueFixture.hint;
import static dev.millrace.queue.QueueFixture.job;
import static dev.millrace.queue.QueueFixture.jobs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.job.JobOptions;
import dev.millrace.job.JobState;
import dev.millrace.job.NewJob;
import dev.millrace.queue.BackgroundRuns;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.ReadyJob;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What the queue does while an open transaction of somebody else has locked a row. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(30)
class StrangerTest {
  private static final String ROW = "stranger_test";

  private final LeaderFixture queue = new LeaderFixture();
  private final BackgroundRuns runs = new BackgroundRuns(queue.jdbi);

  @BeforeAll
  void register() {
    queue.worker("a");
    queue.registerKind();
  }

  @BeforeEach
  void clean() {
    queue.jdbi.useHandle(
        handle -> {
          handle.execute("TRUNCATE millrace.run_events");
          handle.execute("DELETE FROM public.background_workers WHERE worker_name = ?", ROW);
          handle.execute("INSERT INTO public.background_workers (worker_name) VALUES (?)", ROW);
        });
    queue.empty();
  }

  @AfterAll
  void close() {
    queue.close();
  }

  @Test
  void a_locked_background_worker_row_stops_no_claim_and_no_record() {
    NewJob run = job().forBackgroundWorker(ROW);
    long first = queue.client.enqueue(run).jobId();
    long second = queue.client.enqueue(run).jobId();
    try (Handle stranger = stranger("SELECT 1 FROM public.background_workers FOR UPDATE")) {
      List<ClaimedJob> claimed = queue.claims.claim("a", List.of(hint(first), hint(second)));
      assertThat(claimed).hasSize(2);
      assertThat(completed(claimed)).containsExactlyInAnyOrder(first, second);
      runs.fold();
      assertThat(setting("last_status")).isNull();
      stranger.rollback();
    }
    runs.fold();
    assertThat(setting("last_status")).isEqualTo("success");
    assertThat(setting("runs_ok_in_row")).isEqualTo("2");
    assertThat(setting("last_started_at <= last_finished_at")).isEqualTo("true");
    assertThat(number("SELECT count(*) FROM millrace.run_events")).isZero();
  }

  @Test
  void runs_that_are_shown_late_are_counted_in_their_order() {
    try (Handle stranger = stranger("SELECT 1 FROM public.background_workers FOR UPDATE")) {
      for (JobState end :
          List.of(JobState.COMPLETED, JobState.FAILED, JobState.COMPLETED, JobState.COMPLETED)) {
        long id = queue.client.enqueue(job().forBackgroundWorker(ROW)).jobId();
        assertThat(queue.results.ended(claim(id), end, "broken", null)).isTrue();
      }
      claim(queue.client.enqueue(job().forBackgroundWorker(ROW)).jobId());
      stranger.rollback();
    }
    runs.fold();
    assertThat(setting("runs_ok_in_row || ',' || runs_error_in_row || ',' || last_status"))
        .isEqualTo("2,0,running");
  }

  @Test
  void a_hundred_thousand_events_of_runs_are_folded_in_small_steps() {
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO millrace.run_events (background_worker, at, ok)"
                    + " SELECT ?, now() - (100000 - n) * interval '1 ms', n <> 99000 FROM generate_series(1, 100000) n",
                ROW));
    claim(queue.client.enqueue(job().forBackgroundWorker(ROW)).jobId());
    assertThat(number("SELECT count(*) FROM millrace.run_events"))
        .as("what a claim waits for")
        .isEqualTo(100_001 - 200);
    while (number("SELECT count(*) FROM millrace.run_events") > 0) {
      runs.fold();
    }
    assertThat(setting("runs_ok_in_row || ',' || runs_error_in_row || ',' || last_status"))
        .isEqualTo("1000,0,running");
  }

  @Test
  void many_events_of_a_locked_row_keep_no_other_row_waiting() {
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO millrace.run_events (background_worker, at, ok)"
                    + " SELECT ?, now(), true FROM generate_series(1, 5000) n",
                ROW));
    try (Handle stranger =
        stranger("SELECT FROM public.background_workers WHERE worker_name = ? FOR UPDATE", ROW)) {
      queue.jdbi.useHandle(
          handle ->
              handle.execute(
                  "INSERT INTO millrace.run_events (background_worker, at, ok) VALUES ('master_sync', now(), false)"));
      runs.fold();
      assertThat(number("SELECT count(*) FROM millrace.run_events")).isEqualTo(5_000);
      stranger.rollback();
    }
  }

  @Test
  void events_of_a_background_worker_that_was_deleted_are_dropped() {
    try (Handle stranger = stranger("SELECT 1 FROM public.background_workers FOR UPDATE")) {
      claim(queue.client.enqueue(job().forBackgroundWorker(ROW)).jobId());
      stranger.execute("DELETE FROM public.background_workers WHERE worker_name = ?", ROW);
      stranger.commit();
    }
    runs.fold();
    assertThat(number("SELECT count(*) FROM millrace.run_events")).isZero();
  }

  @Test
  void a_locked_job_is_left_out_of_a_claim_and_found_again_once_it_is_free() {
    long locked = queue.client.enqueue(job()).jobId();
    long free = queue.client.enqueue(job()).jobId();
    try (Handle stranger =
        stranger("SELECT 1 FROM millrace.jobs WHERE id = ? FOR UPDATE", locked)) {
      assertThat(queue.claims.claim("a", popped())).extracting(ClaimedJob::id).containsOnly(free);
      stranger.rollback();
    }
    queue.dispatch.resync();
    assertThat(queue.claims.claim("a", popped())).extracting(ClaimedJob::id).containsOnly(locked);
  }

  @Test
  void a_job_debounced_in_an_open_transaction_stops_no_claim() {
    Duration window = Duration.ofSeconds(5);
    NewJob debounced =
        job()
            .withUniqueKey("d")
            .with(
                JobOptions.NONE.debounced(
                    new JobOptions.Debounce(window, window, JobOptions.Merge.UNION)));
    long id = queue.client.enqueue(debounced).jobId();
    queue.jdbi.useHandle(
        handle -> handle.execute("UPDATE millrace.jobs SET run_at = clock_timestamp()"));
    assertThat(queue.dispatch.promote()).isOne();
    long other = queue.client.enqueue(job()).jobId();
    try (Handle stranger =
        stranger("SELECT millrace.enqueue(?, unique_key => 'd', debounce => '5 s')", KIND)) {
      assertThat(queue.claims.claim("a", List.of(hint(id), hint(other))))
          .extracting(ClaimedJob::id)
          .containsOnly(other);
      stranger.rollback();
    }
  }

  @Test
  void an_open_insert_of_a_log_line_stops_no_claim_of_its_job() {
    long queued = queue.client.enqueue(job()).jobId();
    try (Handle stranger =
        stranger(
            "INSERT INTO millrace.job_logs (job_id, attempt, level, message) VALUES (?, 1, 'info', '')",
            queued)) {
      assertThat(queue.claims.claim("a", List.of(hint(queued))))
          .as("only a key is locked")
          .hasSize(1);
      stranger.rollback();
    }
  }

  @Test
  void a_locked_job_is_not_recorded_and_says_so_and_the_others_can_be() {
    ClaimedJob locked = claim(queue.client.enqueue(job()).jobId());
    ClaimedJob free = claim(queue.client.enqueue(job()).jobId());
    try (Handle stranger =
        stranger("SELECT 1 FROM millrace.jobs WHERE id = ? FOR UPDATE", locked.id())) {
      assertLocked(() -> completed(List.of(locked, free)));
      assertLocked(() -> queue.results.handedBack(List.of(locked, free)));
      assertLocked(() -> queue.results.ended(locked, JobState.FAILED, "broken", null));
      assertLocked(
          () -> queue.results.again(locked, JobResults.Again.FAILED, Duration.ZERO, "broken"));
      assertThat(queue.results.unlocked(List.of(locked.id(), free.id()))).containsOnly(free.id());
      assertThat(completed(List.of(free))).containsOnly(free.id());
      stranger.rollback();
    }
    assertThat(completed(List.of(locked))).containsOnly(locked.id());
  }

  @Test
  void a_locked_grandparent_holds_up_its_own_family_only() {
    long root = queue.client.enqueue(job()).jobId();
    queue.results.waiting(claim(root), jobs(1), "{}");
    long parent = child(root);
    queue.results.waiting(claim(parent), jobs(1), "{}");
    ClaimedJob grandchild = claim(child(parent));
    ClaimedJob other = claim(queue.client.enqueue(job()).jobId());
    try (Handle stranger = stranger("SELECT 1 FROM millrace.jobs WHERE id = ? FOR UPDATE", root)) {
      assertThat(queue.results.unlocked(List.of(grandchild.id(), other.id())))
          .containsOnly(other.id());
      stranger.rollback();
    }
    assertThat(completed(List.of(grandchild, other))).hasSize(2);
    assertThat(List.of(queue.state(parent), queue.state(root))).containsOnly("completed");
  }

  @Test
  void a_locked_parent_keeps_no_other_from_rescue_skip_or_expiry() {
    long parent = queue.client.enqueue(job()).jobId();
    Instant soon = Instant.now().plusSeconds(60);
    NewJob skipping = job().withLockKey("l").with(JobOptions.NONE.skippingWhenBusy());
    queue.results.waiting(
        claim(parent), List.of(job(), skipping, job().with(JobOptions.NONE.deadline(soon))), "{}");
    ClaimedJob lostChild = claim(child(parent));
    ClaimedJob lost = claim(queue.client.enqueue(job().withMaxAttempts(1)).jobId());
    queue.jdbi.useHandle(
        handle -> {
          handle.execute("UPDATE millrace.jobs SET max_attempts = 1 WHERE id = ?", lostChild.id());
          handle.execute("UPDATE millrace.jobs SET finish_by = now() WHERE finish_by IS NOT NULL");
        });
    long late = queue.client.enqueue(job().with(JobOptions.NONE.deadline(soon))).jobId();
    queue.worker("b");
    ClaimedJob holder =
        queue
            .claims
            .claim("b", List.of(hint(queue.client.enqueue(job().withLockKey("l")).jobId())))
            .get(0);
    long skipped = queue.client.enqueue(skipping).jobId();
    queue.jdbi.useHandle(
        handle -> handle.execute("UPDATE millrace.jobs SET finish_by = now() WHERE id = ?", late));
    queue.leaseEnds("a");
    try (Handle stranger =
        stranger("SELECT 1 FROM millrace.jobs WHERE id = ? FOR UPDATE", parent)) {
      assertThat(queue.rescue.run()).isOne();
      assertThat(queue.state(lost.id())).isEqualTo("failed");
      assertThat(queue.dispatch.expire()).isOne();
      assertThat(queue.state(late)).isEqualTo("failed");
      queue.dispatch.resync();
      assertThat(queue.state(skipped)).isEqualTo("cancelled");
      stranger.rollback();
    }
    assertThat(queue.rescue.run()).isOne();
    assertThat(queue.dispatch.expire()).isOne();
    queue.dispatch.resync();
    assertThat(queue.state(parent)).isEqualTo("completed");
    assertThat(completed(List.of(holder))).hasSize(1);
  }

  private void assertLocked(ThrowingCallable work) {
    assertThatThrownBy(work).hasStackTraceContaining("lock timeout");
  }

  /** An open transaction that has done one statement. */
  private Handle stranger(String sql, Object... arguments) {
    Handle handle = queue.jdbi.open();
    handle.begin();
    handle.execute(sql, arguments);
    return handle;
  }

  private List<ReadyJob> popped() {
    return queue.ready.pop(List.of(LANE), 100).orElseThrow().jobs();
  }

  private ClaimedJob claim(long jobId) {
    List<ClaimedJob> claimed = queue.claims.claim("a", List.of(hint(jobId)));
    assertThat(claimed).hasSize(1);
    return claimed.get(0);
  }

  private Set<Long> completed(List<ClaimedJob> jobs) {
    return queue.results.completed(
        jobs.stream().map(job -> new JobResults.Completed(job, null)).toList());
  }

  private long child(long parent) {
    return number(
        "SELECT min(id) FROM millrace.jobs WHERE parent_id = ? AND state = 'queued'", parent);
  }

  private @Nullable String setting(String expression) {
    return queue.jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT ("
                        + expression
                        + ")::text FROM public.background_workers WHERE worker_name = ?",
                    ROW)
                .mapTo(String.class)
                .one());
  }

  private long number(String sql, Object... arguments) {
    return queue.jdbi.withHandle(handle -> handle.select(sql, arguments).mapTo(Long.class).one());
  }
}
