package dev.millrace.scheduler.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.job.JobOptions;
import dev.millrace.job.NewJob;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.QueueFixture;
import dev.millrace.queue.ReadyJob;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.queue.ScanPace;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the leader finds of jobs that no worker has heard of, whatever stands in front of them. */
class RedisResyncTest {
  private static final NewJob JOB = QueueFixture.job();

  /** Every look is too expensive, so that each begins where the last one stood. */
  private static final Duration NOTHING = Duration.ofNanos(-1);

  private final LeaderFixture queue = new LeaderFixture();
  private final String worker = queue.worker("a");

  RedisResyncTest() {
    queue.registerKind();
  }

  @AfterEach
  void close() {
    queue.close();
  }

  @Test
  void jobs_behind_a_thousand_that_wait_for_a_lock_key_are_found_at_once() {
    hold(JOB.withLockKey("customer-a"), 2_500);
    long plain = inSql(JOB);
    emptyRedis();
    queue.dispatch.resync();
    assertThat(popped()).containsExactly(plain);
  }

  @Test
  void jobs_behind_a_thousand_that_wait_for_a_slot_are_found_at_once() {
    hold(JOB.with(JobOptions.NONE.limitedTo(new JobOptions.Limit("api", 1))), 2_500);
    long plain = inSql(JOB);
    emptyRedis();
    queue.dispatch.resync();
    assertThat(popped()).containsExactly(plain);
  }

  @Test
  void jobs_behind_a_hundred_thousand_held_ones_are_found_in_two_scans() {
    hold(JOB.withLockKey("customer-a"), 10);
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO millrace.jobs (kind, lock_key)"
                    + " SELECT 'test.noop', 'customer-a' FROM generate_series(1, 100000)"));
    queue.jdbi.useHandle(handle -> handle.execute("ANALYZE millrace.jobs"));
    long plain = inSql(JOB);
    emptyRedis();
    queue.dispatch.resync();
    queue.dispatch.resync();
    queue.dispatch.resync();
    assertThat(popped()).contains(plain);
    long begun = System.nanoTime();
    long next = inSql(JOB);
    queue.dispatch.resync();
    assertThat(popped()).as("it begins where it stood").contains(next);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void twenty_thousand_unserved_lanes_keep_no_served_one_waiting() {
    lanes(20_000);
    long plain = inSql(JOB);
    queue.dispatch.resync();
    assertThat(popped()).containsExactly(plain);
    assertThat(hintedLanes()).isEqualTo(RedisResync.OTHERS);
  }

  @Test
  void unserved_lanes_are_scanned_in_turn() {
    lanes(250);
    for (int i = 0; i < 3; i++) {
      queue.dispatch.resync();
    }
    assertThat(hintedLanes()).isEqualTo(250);
  }

  private void lanes(int many) {
    queue.jdbi.useHandle(
        handle -> {
          handle.execute(
              "INSERT INTO millrace.jobs (kind, queue) SELECT ?, 'q' || n FROM generate_series(1, ?) n",
              QueueFixture.KIND,
              many);
          handle.execute("ANALYZE millrace.jobs");
        });
  }

  private long hintedLanes() {
    return queue.redis.call(jedis -> (long) jedis.keys("millrace:{q*}:ready:*").size(), -1L);
  }

  @Test
  void only_so_many_jobs_of_a_limit_key_are_hinted_at_as_have_room() {
    NewJob limited = JOB.with(JobOptions.NONE.limitedTo(new JobOptions.Limit("api", 2)));
    queue.client.enqueueAll(IntStream.range(0, 50).mapToObj(i -> limited).toList());
    emptyRedis();
    queue.dispatch.resync();
    assertThat(popped()).hasSize(2);
  }

  @Test
  void a_refill_leaves_held_jobs_in_postgres() {
    hold(JOB.withLockKey("customer-a"), 50);
    long plain = inSql(JOB);
    assertThat(queue.claims.ready(new ReadyJobs.Range(QueueFixture.LANE, 0, 100)))
        .extracting(ReadyJob::jobId)
        .containsExactly(plain);
  }

  @Test
  void a_job_of_a_transaction_that_commits_late_is_found_below_the_mark() {
    Dispatch marking = marking();
    var late = queue.jdbi.open();
    late.begin();
    long old = QueueFixture.insert(late, JOB);
    run(queue.client.enqueueAll(QueueFixture.jobs(20)).get(19).jobId());
    resync(marking, 3);
    assertThat(popped()).doesNotContain(old);
    late.commit();
    late.close();
    resync(marking, 2);
    assertThat(popped()).contains(old);
  }

  @Test
  void a_job_of_a_higher_priority_is_found_above_the_mark() {
    Dispatch marking = marking();
    queue.client.enqueueAll(QueueFixture.jobs(20));
    resync(marking, 3);
    for (int priority : new int[] {100, 57, 1, 0, -100}) {
      long id = inSql(JOB.withPriority(priority));
      emptyRedis();
      resync(marking, 1);
      assertThat(popped()).as("priority %d", priority).contains(id);
    }
  }

  @Test
  void a_retry_with_an_earlier_rank_is_found_though_its_hint_is_lost() {
    Dispatch marking = marking();
    long old = queue.client.enqueue(JOB).jobId();
    ClaimedJob claimed = queue.claims.claim(worker, List.of(QueueFixture.hint(old))).get(0);
    run(queue.client.enqueueAll(QueueFixture.jobs(20)).get(19).jobId());
    resync(marking, 3);
    queue.results.again(claimed, JobResults.Again.FAILED, Duration.ZERO, "broken");
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET run_at = clock_timestamp() WHERE state = 'scheduled'"));
    marking.promote();
    emptyRedis();
    resync(marking, 2);
    assertThat(popped()).contains(old);
  }

  @Test
  void another_leader_begins_at_the_beginning() {
    queue.client.enqueueAll(QueueFixture.jobs(20));
    resync(marking(), 3);
    emptyRedis();
    resync(marking(), 1);
    assertThat(popped()).hasSize(20);
  }

  @Test
  void a_lane_without_ready_jobs_is_scanned_while_a_worker_serves_it() {
    Dispatch marking = marking();
    resync(marking, 1);
    long id = inSql(JOB);
    resync(marking, 1);
    assertThat(popped()).containsExactly(id);
  }

  @Test
  void what_is_scheduled_by_a_transaction_that_commits_late_becomes_due() {
    Dispatch marking = marking();
    var late = queue.jdbi.open();
    late.begin();
    long old = QueueFixture.insert(late, JOB.after(Duration.ofMillis(1)));
    marking.untilNextDue();
    marking.untilNextDue();
    assertThat(marking.promote()).isZero();
    late.commit();
    late.close();
    await()
        .untilAsserted(
            () -> {
              assertThat(marking.untilNextDue()).contains(Duration.ZERO);
              assertThat(marking.promote()).isOne();
            });
    assertThat(queue.state(old)).isEqualTo("queued");
  }

  @Test
  void what_is_scheduled_for_an_earlier_moment_is_due_first() {
    Dispatch marking = marking();
    queue.client.enqueue(JOB.after(Duration.ofHours(1)));
    marking.untilNextDue();
    marking.untilNextDue();
    queue.client.enqueue(JOB.after(Duration.ofMinutes(1)));
    assertThat(marking.untilNextDue())
        .hasValueSatisfying(due -> assertThat(due).isLessThan(Duration.ofMinutes(2)));
  }

  @Test
  void an_expensive_full_scan_pauses_in_proportion_to_its_cost() {
    AtomicLong now = new AtomicLong();
    ScanPace pace = new ScanPace(Duration.ofMillis(15), now::get);
    assertThat(pace.due()).isTrue();
    assertThat(pace.took(Duration.ofMillis(10))).isFalse();
    assertThat(pace.due()).isTrue();
    assertThat(pace.took(Duration.ofMillis(100))).isTrue();
    now.addAndGet(Duration.ofMillis(4_999).toNanos());
    assertThat(pace.due()).isFalse();
    now.addAndGet(Duration.ofMillis(1).toNanos());
    assertThat(pace.due()).isTrue();
  }

  @Test
  void a_sweep_passes_every_number_in_windows_that_fit_their_cost() {
    Sweep sweep = new Sweep(0, 10);
    long expected = 0;
    int windows = 0;
    Duration round = null;
    while (round == null) {
      assertThat(sweep.low()).isEqualTo(expected);
      if (sweep.high(100_000) - sweep.low() > 1_000) {
        sweep.tooWide(100_000);
      } else {
        expected = sweep.high(100_000);
        windows++;
        round = sweep.passed(100_000, Duration.ofMillis(10));
      }
    }
    assertThat(expected).isEqualTo(100_000);
    assertThat(round).isEqualTo(Duration.ofMillis(10).multipliedBy(windows));
    assertThat(sweep.low()).as("a new round").isZero();
  }

  private Dispatch marking() {
    return new Dispatch(queue.jdbi, queue.ready, NOTHING);
  }

  private static void resync(Dispatch dispatch, int times) {
    for (int i = 0; i < times; i++) {
      dispatch.resync();
    }
  }

  /** The first of them runs, the others wait for it. */
  private void hold(NewJob job, int many) {
    queue.client.enqueueAll(IntStream.range(0, many).mapToObj(i -> job).toList());
    ReadyJob first = queue.ready.pop(List.of(QueueFixture.LANE), 1).orElseThrow().jobs().get(0);
    assertThat(queue.claims.claim(worker, List.of(first))).hasSize(1);
  }

  /** Everything that is ready up to this job ends. */
  private void run(long last) {
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET state = 'completed', finished_at = clock_timestamp()"
                    + " WHERE state = 'queued' AND id <= ?",
                last));
    emptyRedis();
  }

  private long inSql(NewJob job) {
    return queue.jdbi.inTransaction(handle -> QueueFixture.insert(handle, job));
  }

  private void emptyRedis() {
    queue.redis.send(jedis -> jedis.flushAll());
  }

  private List<Long> popped() {
    return queue.ready.pop(List.of(QueueFixture.LANE), 5_000).orElseThrow().jobs().stream()
        .map(ReadyJob::jobId)
        .toList();
  }
}
