package dev.millrace.scheduler.leader;

import static dev.millrace.queue.QueueFixture.LANE;
import static dev.millrace.queue.QueueFixture.hint;
import static dev.millrace.queue.QueueFixture.job;
import static dev.millrace.queue.QueueFixture.jobs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.job.Enqueued;
import dev.millrace.job.JobState;
import dev.millrace.job.NewJob;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.Claims;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.QueueException;
import dev.millrace.queue.QueueFixture;
import dev.millrace.queue.ReadyJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProtocolTest {
  private final LeaderFixture queue = new LeaderFixture();

  @BeforeAll
  void register() {
    queue.worker("a");
    queue.worker("b");
  }

  @BeforeEach
  void clean() {
    queue.empty();
  }

  @AfterAll
  void close() {
    queue.close();
  }

  @Test
  void eight_concurrent_claimers_never_claim_the_same_job() throws Exception {
    List<ReadyJob> hints =
        queue.client.enqueueAll(jobs(2_000)).stream().map(one -> hint(one.jobId())).toList();
    var pool = Executors.newFixedThreadPool(8);
    List<Callable<List<ClaimedJob>>> claimers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      List<ReadyJob> mine = new ArrayList<>(hints);
      Collections.shuffle(mine, new java.util.Random(i));
      claimers.add(
          () -> {
            List<ClaimedJob> claimed = new ArrayList<>();
            for (int from = 0; from < mine.size(); from += 50) {
              claimed.addAll(queue.claims.claim("a", mine.subList(from, from + 50)));
            }
            return claimed;
          });
    }
    List<ClaimedJob> all = new ArrayList<>();
    for (Future<List<ClaimedJob>> result : pool.invokeAll(claimers)) {
      all.addAll(result.get());
    }
    pool.shutdown();
    assertThat(all).hasSize(2_000);
    assertThat(all.stream().map(ClaimedJob::id).collect(Collectors.toSet())).hasSize(2_000);
    assertThat(all.stream().map(ClaimedJob::fence).collect(Collectors.toSet())).hasSize(2_000);
  }

  @Test
  void a_stale_fence_changes_nothing() {
    long id = queue.client.enqueue(job()).jobId();
    ClaimedJob old = claim("a", id);
    queue.leaseEnds("a");
    assertThat(queue.rescue.run()).isEqualTo(1);
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET run_at = clock_timestamp() - interval '1 second'"));
    assertThat(queue.dispatch.promote()).isEqualTo(1);
    ClaimedJob young = queue.claims.claimSuspect("b", hint(id)).orElseThrow();

    assertThat(queue.results.completed(List.of(new JobResults.Completed(old, null)))).isEmpty();
    assertThat(queue.results.ended(old, JobState.FAILED, "late", null)).isFalse();
    assertThat(queue.results.again(old, JobResults.Again.FAILED, Duration.ZERO, "late")).isFalse();
    assertThat(queue.results.waiting(old, jobs(3), "{}")).isFalse();
    assertThat(
            queue.jdbi.<Boolean, RuntimeException>inTransaction(
                handle -> JobResults.completeIn(handle, old, "{}")))
        .isFalse();
    assertThat(queue.state(id)).isEqualTo("processing");
    assertThat(queue.count("queued")).isZero();
    assertThat(young.fence()).isGreaterThan(old.fence());

    assertThat(queue.results.completed(List.of(new JobResults.Completed(young, "{\"a\": 1}"))))
        .containsExactly(id);
    assertThat(queue.state(id)).isEqualTo("completed");
  }

  @Test
  void a_fence_that_was_minted_twice_by_a_failover_gives_nothing_away() {
    long id = queue.client.enqueue(job()).jobId();
    ClaimedJob old = claim("a", id);
    queue.jdbi.useHandle(
        handle -> { // a standby that has not heard of the claim
          handle.execute(
              "UPDATE millrace.jobs SET state = 'queued', attempt = 0, fence = 0, worker_id = NULL WHERE id = ?",
              id);
          handle.execute("SELECT setval('millrace.fence', ?, false)", old.fence());
        });
    ClaimedJob young = claim("b", id);
    assertThat(young.fence()).isEqualTo(old.fence());

    assertThat(queue.results.completed(List.of(new JobResults.Completed(old, null)))).isEmpty();
    assertThat(queue.results.handedBack(List.of(old))).isEmpty();
    assertThat(queue.results.ended(old, JobState.FAILED, "late", null)).isFalse();
    assertThat(queue.results.again(old, JobResults.Again.FAILED, Duration.ZERO, "late")).isFalse();
    assertThat(queue.results.waiting(old, List.of(job()), "{}")).isFalse();
    boolean mine =
        queue.jdbi.<Boolean, RuntimeException>inTransaction(
            handle ->
                JobResults.stillMine(handle, old) || JobResults.completeIn(handle, old, "{}"));
    assertThat(mine).isFalse();
    assertThat(queue.state(id)).isEqualTo("processing");
    assertThat(queue.results.completed(List.of(new JobResults.Completed(young, null))))
        .containsOnly(id);
  }

  @Test
  void a_process_frozen_before_its_commit_loses_the_job() {
    ClaimedJob claimed = claim("a", queue.client.enqueue(job()).jobId());
    queue.jdbi.useTransaction(
        handle -> {
          assertThat(JobResults.stillMine(handle, claimed)).isTrue();
          assertThat(idleTimeout(handle)).isEqualTo("10s");
        });
    queue.jdbi.useTransaction(
        handle -> {
          assertThat(JobResults.completeIn(handle, claimed, "{}")).isTrue();
          assertThat(idleTimeout(handle)).isEqualTo("10s");
        });
    assertThat(queue.state(claimed.id())).isEqualTo("completed");
  }

  private static String idleTimeout(Handle handle) {
    return handle.select("SHOW idle_in_transaction_session_timeout").mapTo(String.class).one();
  }

  @Test
  void a_worker_without_a_lease_claims_nothing() {
    long id = queue.client.enqueue(job()).jobId();
    queue.leaseEnds("a");
    assertThat(queue.claims.claim("a", List.of(hint(id)))).isEmpty();
    assertThat(queue.leases.renew("a", false)).as("an ended lease is never renewed").isFalse();
    assertThat(queue.state(id)).isEqualTo("queued");
  }

  @Test
  void jobs_of_a_lock_key_never_run_together_even_without_redis_locks() {
    Enqueued first = queue.client.enqueue(job().withLockKey("k"));
    Enqueued second = queue.client.enqueue(job().withLockKey("k"));
    List<ReadyJob> both =
        List.of(new ReadyJob(first.jobId(), "k"), new ReadyJob(second.jobId(), "k"));
    List<ClaimedJob> claimed = queue.claims.claim("a", both);
    assertThat(claimed).hasSize(1);
    assertThat(queue.claims.claim("b", both)).isEmpty();
    assertThat(queue.claims.claimNext("b", "default", List.of(QueueFixture.KIND), 10)).isEmpty();
    assertThat(queue.count("processing")).isEqualTo(1);
    queue.results.completed(List.of(new JobResults.Completed(claimed.get(0), null)));
    assertThat(queue.claims.nextOf(Set.of("k"), Map.of()))
        .extracting(next -> next.job().lockKey())
        .containsExactly("k");
    assertThat(queue.claims.claim("b", both)).hasSize(1);
  }

  @Test
  void a_unique_key_answers_with_its_holder_until_the_holder_has_finished() {
    Enqueued first = queue.client.enqueue(job().withUniqueKey("u"));
    assertThat(queue.client.enqueue(job().withUniqueKey("u")))
        .isEqualTo(new Enqueued(first.jobId(), false));
    queue.results.ended(claim("a", first.jobId()), JobState.FAILED, "broken", null);
    Enqueued next = queue.client.enqueue(job().withUniqueKey("u"));
    assertThat(next.created()).isTrue();
    assertThat(next.jobId()).isNotEqualTo(first.jobId());
  }

  @Test
  void higher_priority_comes_first_and_then_the_older() {
    long low = queue.client.enqueue(job()).jobId();
    long high = queue.client.enqueue(job().withPriority(2)).jobId();
    long older = queue.client.enqueue(job().withPriority(1)).jobId();
    long younger = queue.client.enqueue(job().withPriority(1)).jobId();
    assertThat(popped(10)).containsExactly(high, older, younger, low);
  }

  @Test
  void what_flushall_removed_is_restored_from_postgres() {
    queue.client.enqueueAll(jobs(50));
    queue.redis.send(jedis -> jedis.flushAll());
    assertThat(popped(100)).isEmpty();
    queue.dispatch.resync();
    assertThat(popped(100)).hasSize(50);
  }

  @Test
  void a_job_of_the_callers_transaction_is_announced_at_its_commit() {
    long id =
        queue.jdbi.inTransaction(
            handle -> {
              long inside = queue.client.enqueueIn(handle, job()).jobId();
              assertThat(popped(10)).isEmpty();
              return inside;
            });
    assertThat(popped(10)).containsExactly(id);
  }

  @Test
  void a_large_bulk_call_enqueues_all_of_its_jobs_or_none() {
    NewJob large = NewJob.of(QueueFixture.KIND, "{\"text\": \"" + "x".repeat(2_000_000) + "\"}");
    NewJob refused = NewJob.of(QueueFixture.KIND, "no JSON");
    assertThatThrownBy(() -> queue.client.enqueueAll(List.of(large, refused)))
        .isInstanceOf(QueueException.class);
    assertThat(queue.count("queued")).isZero();
    assertThat(popped(10)).isEmpty();
  }

  @Test
  void a_job_of_a_transaction_that_rolls_back_is_not_announced() {
    queue.jdbi.useTransaction(
        handle -> {
          queue.client.enqueueAllIn(handle, jobs(3));
          handle.rollback();
        });
    assertThat(popped(10)).isEmpty();
  }

  @Test
  void a_job_that_is_inserted_by_sql_is_found_by_the_dispatcher() {
    long id = queue.jdbi.inTransaction(handle -> QueueFixture.insert(handle, job()));
    assertThat(popped(10)).isEmpty();
    queue.dispatch.resync();
    assertThat(popped(10)).containsExactly(id);
  }

  @Test
  void a_job_that_loses_its_worker_at_every_attempt_ends_in_failed() {
    long id = queue.client.enqueue(job().withMaxAttempts(2)).jobId();
    claim("a", id);
    queue.leaseEnds("a");
    queue.rescue.run();
    assertThat(queue.state(id)).isEqualTo("scheduled");
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET state = 'queued', run_at = clock_timestamp() - interval '1 second'"));
    assertThat(queue.claims.claimSuspect("b", hint(id))).isPresent();
    queue.leaseEnds("b");
    queue.rescue.run();
    assertThat(queue.state(id)).isEqualTo("failed");
    assertThat(attempts(id)).containsExactly("lost", "failed");
  }

  @Test
  void a_handed_back_attempt_is_not_spent() {
    long id = queue.client.enqueue(job().withMaxAttempts(1)).jobId();
    assertThat(
            queue.results.again(claim("a", id), JobResults.Again.HANDED_BACK, Duration.ZERO, null))
        .isTrue();
    assertThat(claim("b", id).attempt()).isEqualTo(1);
  }

  @Test
  void a_claim_whose_answer_was_lost_is_found_and_given_back_once() {
    ClaimedJob heard = claim("a", queue.client.enqueue(job()).jobId());
    ClaimedJob unacknowledged = claim("a", queue.client.enqueue(job().withPriority(1)).jobId());
    List<Claims.Unacknowledged> found = queue.claims.unacknowledged("a", 0, List.of(heard.fence()));
    assertThat(found)
        .extracting(Claims.Unacknowledged::fence)
        .containsExactly(unacknowledged.fence());
    assertThat(queue.claims.unacknowledged("b", 0, List.of())).isEmpty();
    assertThat(queue.results.handBack("a", found.get(0))).isTrue();
    assertThat(queue.results.handBack("a", found.get(0))).isFalse();
    assertThat(queue.state(unacknowledged.id())).isEqualTo("queued");
    assertThat(claim("b", unacknowledged.id()).attempt()).isEqualTo(1);
    assertThat(queue.claims.unacknowledged("a", 0, List.of(heard.fence()))).isEmpty();
  }

  @Test
  void a_parent_completes_with_its_last_child() {
    long parent = queue.client.enqueue(job()).jobId();
    assertThat(popped(10)).containsExactly(parent);
    assertThat(queue.results.waiting(claim("a", parent), jobs(3), "{\"n\": 3}")).isTrue();
    List<Long> children = popped(10);
    assertThat(children).hasSize(3);
    assertThat(queue.state(parent)).isEqualTo("waiting");
    queue.results.completed(List.of(new JobResults.Completed(claim("a", children.get(0)), null)));
    queue.results.ended(claim("a", children.get(1)), JobState.FAILED, "broken", null);
    assertThat(queue.state(parent)).isEqualTo("waiting");
    queue.results.completed(List.of(new JobResults.Completed(claim("b", children.get(2)), null)));
    assertThat(queue.state(parent)).isEqualTo("completed");
  }

  @Test
  void a_background_workers_row_follows_its_jobs() {
    long id = queue.client.enqueue(job().forBackgroundWorker("master_sync")).jobId();
    ClaimedJob claimed = claim("a", id);
    assertThat(row()).containsExactly("running", null, "0", "0");
    queue.results.ended(claimed, JobState.FAILED, "no sheet", null);
    assertThat(row()).containsExactly("error", "no sheet", "0", "1");
    long next = queue.client.enqueue(job().forBackgroundWorker("master_sync")).jobId();
    queue.results.completed(List.of(new JobResults.Completed(claim("a", next), null)));
    assertThat(row()).containsExactly("success", null, "1", "0");
  }

  @Test
  void a_delayed_job_waits_for_its_time_and_then_is_ready() {
    assertThat(queue.dispatch.untilNextDue()).as("nothing is scheduled").isEmpty();
    long id = queue.client.enqueue(job().after(Duration.ofHours(1))).jobId();
    assertThat(queue.dispatch.promote()).isZero();
    assertThat(queue.dispatch.untilNextDue())
        .hasValueSatisfying(due -> assertThat(due).isPositive());
    queue.jdbi.useHandle(
        handle -> handle.execute("UPDATE millrace.jobs SET run_at = clock_timestamp()"));
    assertThat(queue.dispatch.promote()).isEqualTo(1);
    assertThat(popped(10)).containsExactly(id);
  }

  @Test
  void a_sleeper_is_woken_by_an_enqueue() throws Exception {
    var pool = Executors.newSingleThreadExecutor();
    Future<Optional<ReadyJob>> sleeper =
        pool.submit(() -> queue.ready.await(List.of(LANE), Duration.ofSeconds(5)));
    long id = queue.client.enqueue(job()).jobId();
    assertThat(sleeper.get()).map(ReadyJob::jobId).contains(id);
    pool.shutdown();
  }

  private ClaimedJob claim(String worker, long jobId) {
    List<ClaimedJob> claimed = queue.claims.claim(worker, List.of(hint(jobId)));
    assertThat(claimed).hasSize(1);
    return claimed.get(0);
  }

  private List<Long> popped(int most) {
    return queue.ready.pop(List.of(LANE), most).orElseThrow().jobs().stream()
        .map(ReadyJob::jobId)
        .toList();
  }

  private List<String> attempts(long jobId) {
    return queue.jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT outcome FROM millrace.job_attempts WHERE job_id = ? ORDER BY fence",
                    jobId)
                .mapTo(String.class)
                .list());
  }

  private List<String> row() {
    return queue.jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT last_status, last_error_message, runs_ok_in_row, runs_error_in_row"
                        + " FROM background_workers WHERE worker_name = 'master_sync'")
                .map(
                    (row, context) ->
                        java.util.Arrays.asList(
                            row.getString(1), row.getString(2), row.getString(3), row.getString(4)))
                .one());
  }
}
