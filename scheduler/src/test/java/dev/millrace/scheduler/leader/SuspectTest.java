package dev.millrace.scheduler.leader;

import static dev.millrace.queue.QueueFixture.KIND;
import static dev.millrace.queue.QueueFixture.LANE;
import static dev.millrace.queue.QueueFixture.hint;
import static dev.millrace.queue.QueueFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.JobOptions;
import dev.millrace.job.NewJob;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.JobControl;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.ReadyJob;
import dev.millrace.queue.ReadyJobs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What becomes of jobs whose process vanished while it ran them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SuspectTest {
  private static final NewJob MANY = job().withMaxAttempts(25);

  private final LeaderFixture queue = new LeaderFixture();

  @BeforeAll
  void register() {
    List.of("a", "b", "c").forEach(queue::worker);
    execute("INSERT INTO millrace.kinds (kind) VALUES ('test.noop')");
  }

  @BeforeEach
  void clean() {
    execute("TRUNCATE millrace.jobs CASCADE");
    execute(
        "UPDATE millrace.queue_workers SET state = 'running', reserved_until = NULL, lease_until = clock_timestamp() + interval '1 minute'");
    queue.redis.send(jedis -> jedis.flushAll());
  }

  @AfterAll
  void close() {
    queue.close();
  }

  @Test
  void a_suspect_is_claimed_by_a_worker_that_holds_nothing() {
    long id = lost(MANY);
    long other = queue.client.enqueue(job()).jobId();
    assertThat(queue.claims.claim("b", List.of(hint(other)))).hasSize(1);
    assertThat(queue.claims.claimSuspect("b", hint(id))).isEmpty();
    assertThat(queue.claims.claimSuspect("c", hint(id))).isPresent();
  }

  @Test
  void nothing_is_claimed_beside_a_suspect_in_its_first_minute() {
    long id = lost(MANY);
    assertThat(queue.claims.claimSuspect("b", hint(id))).isPresent();
    List<ReadyJob> others = List.of(hint(enqueue(job())), hint(enqueue(limited())));
    assertThat(queue.claims.claim("b", others)).isEmpty();
    assertThat(queue.claims.claimNext("b", NewJob.DEFAULT_QUEUE, List.of(KIND), 10)).isEmpty();

    execute("UPDATE millrace.jobs SET started_at = started_at - interval '1 minute'");
    assertThat(queue.claims.claim("b", others)).hasSize(2);
  }

  @Test
  void a_suspect_is_claimed_only_by_who_asks_for_it() {
    for (NewJob kept : List.of(MANY, limited(), MANY.withLockKey("k"))) {
      long id = lost(kept);
      assertThat(queue.claims.claim("b", List.of(hint(id)))).isEmpty();
      assertThat(queue.claims.claimNext("b", NewJob.DEFAULT_QUEUE, List.of(KIND), 10)).isEmpty();
      assertThat(queue.claims.suspect(NewJob.DEFAULT_QUEUE, List.of(KIND), Set.of()))
          .hasValueSatisfying(suspect -> assertThat(suspect.job().jobId()).isEqualTo(id));
      assertThat(queue.claims.claimSuspect("b", hint(id))).isPresent();
      clean();
    }
  }

  @Test
  void no_hint_leads_to_a_suspect() {
    lost(MANY.withLockKey("k"));
    queue.dispatch.resync();
    assertThat(queue.ready.pop(List.of(LANE), 10).orElseThrow().jobs()).isEmpty();
    assertThat(queue.claims.nextOf(Set.of("k"), Map.of("k", 1))).isEmpty();
    assertThat(queue.claims.ready(new ReadyJobs.Range(LANE, 0, 10))).isEmpty();
  }

  @Test
  void a_job_that_ends_three_processes_in_a_row_fails() {
    long id = lost(MANY);
    loses("b", id);
    assertThat(queue.state(id)).isEqualTo("queued");
    loses("c", id);
    assertThat(queue.state(id)).isEqualTo("failed");
    assertThat(text("SELECT error FROM millrace.jobs WHERE id = ?", id))
        .isEqualTo(
            "queue worker c stopped renewing its lease; 3 processes in a row have ended while they ran it");
  }

  @Test
  void an_attempt_that_ends_normally_clears_the_suspicion() {
    for (JobResults.Again why : List.of(JobResults.Again.FAILED, JobResults.Again.SNOOZED)) {
      long id = lost(MANY);
      ClaimedJob claimed = queue.claims.claimSuspect("b", hint(id)).orElseThrow();
      assertThat(queue.results.again(claimed, why, Duration.ZERO, "broken")).isTrue();
      assertThat(processesLost(id)).isEqualTo("0");
    }
  }

  @Test
  void a_suspect_that_is_handed_back_stays_one() {
    long id = lost(MANY);
    ClaimedJob claimed = queue.claims.claimSuspect("b", hint(id)).orElseThrow();
    assertThat(queue.results.handedBack(List.of(claimed))).containsExactly(id);
    assertThat(processesLost(id)).isEqualTo("1");
  }

  @Test
  void a_suspect_that_is_retried_by_hand_stays_one() {
    long id = lost(MANY);
    loses("b", id);
    loses("c", id);
    new JobControl(queue.jdbi, queue.client).retry(id);
    assertThat(queue.state(id)).isEqualTo("queued");
    assertThat(processesLost(id)).isEqualTo("1");
  }

  @Test
  void a_lease_that_its_process_outlives_makes_no_suspect() {
    long before = lost(MANY);
    queue.leases.outlived("a");
    assertThat(processesLost(before)).isEqualTo("0");

    long after = enqueue(MANY);
    assertThat(queue.claims.claim("b", List.of(hint(after)))).hasSize(1);
    queue.leaseEnds("b");
    queue.leases.outlived("b");
    rescue();
    assertThat(processesLost(after)).isEqualTo("0");
    assertThat(text("SELECT outcome FROM millrace.job_attempts WHERE job_id = ?", after))
        .isEqualTo("lost");
  }

  @Test
  void a_worker_that_left_in_good_order_leaves_no_suspect() {
    long id = enqueue(MANY);
    assertThat(queue.claims.claim("a", List.of(hint(id)))).hasSize(1);
    queue.leases.end("a");
    rescue();
    assertThat(processesLost(id)).isEqualTo("0");
  }

  @Test
  void one_worker_of_a_lane_at_a_time_reserves_itself() {
    assertThat(queue.leases.reserve("a", LANE, Duration.ofMinutes(1))).isTrue();
    assertThat(queue.leases.reserve("a", LANE, Duration.ofMinutes(1))).isTrue();
    assertThat(queue.leases.reserve("b", LANE, Duration.ofMinutes(1))).isFalse();
    queue.leaseEnds("a");
    assertThat(queue.leases.reserve("b", LANE, Duration.ofMinutes(1))).isTrue();
    queue.leases.unreserve("b");
    assertThat(queue.leases.reserve("c", LANE, Duration.ofMinutes(1))).isTrue();
  }

  @Test
  void a_stream_of_others_does_not_starve_a_suspect_of_its_key() {
    for (NewJob kept : List.of(MANY.withLockKey("k"), limited())) {
      long id = lost(kept);
      for (int seconds : List.of(0, 15, 45, 170)) {
        waits(id, seconds);
        assertThat(claimsOther(kept)).as("after " + seconds + " s").isTrue();
      }
      for (int seconds : List.of(25, 35, 90, 150)) {
        waits(id, seconds);
        assertThat(claimsOther(kept)).as("after " + seconds + " s").isFalse();
      }
      assertThat(claimsOther(MANY.withLockKey("another"))).isTrue();
      assertThat(queue.claims.claimSuspect("c", hint(id))).isPresent();
      clean();
    }
  }

  private void waits(long id, int seconds) {
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET run_at = clock_timestamp() - ? * interval '1 second' WHERE id = ?",
                seconds,
                id));
  }

  /** Whether a new job may be claimed, by a hint and straight from Postgres; it is gone then. */
  private boolean claimsOther(NewJob job) {
    long other = enqueue(job);
    boolean hinted = !queue.claims.claim("b", List.of(hint(other))).isEmpty();
    execute("UPDATE millrace.jobs SET state = 'queued', limit_slot = NULL WHERE id = " + other);
    boolean direct = !queue.claims.claimNext("b", NewJob.DEFAULT_QUEUE, List.of(KIND), 1).isEmpty();
    execute("DELETE FROM millrace.jobs WHERE id = " + other);
    assertThat(direct).isEqualTo(hinted);
    return hinted;
  }

  @Test
  void suspects_that_could_not_be_had_are_left_out() {
    long first = lost(MANY);
    long second = lost(MANY);
    assertThat(suspectBut(Set.of(first))).hasValue(second);
    assertThat(suspectBut(Set.of(first, second))).isEmpty();
  }

  private Optional<Long> suspectBut(Set<Long> refused) {
    return queue
        .claims
        .suspect(NewJob.DEFAULT_QUEUE, List.of(KIND), refused)
        .map(suspect -> suspect.job().jobId());
  }

  private static NewJob limited() {
    return MANY.with(JobOptions.NONE.limitedTo(new JobOptions.Limit("k", 5)));
  }

  private long enqueue(NewJob job) {
    return queue.client.enqueue(job).jobId();
  }

  /** A new job whose process vanished; worker a goes on under a lease. */
  private long lost(NewJob job) {
    long id = enqueue(job);
    assertThat(
            queue.claims.claim(
                "a", List.of(new ReadyJob(hint(id).rank(), job.lockKey().orElse(null)))))
        .hasSize(1);
    queue.leaseEnds("a");
    rescue();
    queue.redis.send(jedis -> jedis.flushAll());
    execute(
        "UPDATE millrace.queue_workers SET lease_until = clock_timestamp() + interval '1 minute' WHERE worker_id = 'a'");
    return id;
  }

  private void loses(String worker, long id) {
    assertThat(queue.claims.claimSuspect(worker, hint(id))).isPresent();
    queue.leaseEnds(worker);
    rescue();
  }

  private void rescue() {
    assertThat(queue.rescue.run()).isEqualTo(1);
    execute("UPDATE millrace.jobs SET run_at = clock_timestamp() WHERE state = 'scheduled'");
    queue.dispatch.promote();
    // a look that took long on a busy machine may have begun behind it
    execute("UPDATE millrace.jobs SET state = 'queued' WHERE state = 'scheduled'");
  }

  private String processesLost(long id) {
    return text("SELECT processes_lost::text FROM millrace.jobs WHERE id = ?", id);
  }

  private String text(String sql, Object... args) {
    return queue.jdbi.withHandle(handle -> handle.select(sql, args).mapTo(String.class).one());
  }

  private void execute(String sql) {
    queue.jdbi.useHandle(handle -> handle.execute(sql));
  }
}
