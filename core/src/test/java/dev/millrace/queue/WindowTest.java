package dev.millrace.queue;

import static dev.millrace.queue.QueueFixture.LANE;
import static dev.millrace.queue.QueueFixture.job;
import static dev.millrace.queue.QueueFixture.jobs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.Enqueued;
import dev.millrace.job.NewJob;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Redis holds the near end of a lane, never all of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WindowTest {
  private static final int WINDOW = 100;

  private final QueueFixture queue = new QueueFixture(WINDOW);

  @AfterAll
  void close() {
    queue.close();
  }

  @BeforeEach
  void clean() {
    queue.jdbi.useHandle(
        handle -> handle.execute("TRUNCATE millrace.jobs, millrace.queue_workers CASCADE"));
    queue.redis.client().flushAll();
  }

  @Test
  void a_backlog_beyond_the_window_is_popped_whole_and_in_order() {
    poppedWholeAndInOrder(10, 77);
  }

  @Test
  void a_job_of_a_large_bulk_call_is_found_when_the_window_is_full() {
    poppedWholeAndInOrder(7, 110);
  }

  private void poppedWholeAndInOrder(int calls, int jobsOfEach) {
    queue.worker("a");
    for (int i = 0; i < calls; i++) {
      queue.client.enqueueAll(jobs(jobsOfEach));
    }
    long urgent = queue.client.enqueue(job().withPriority(5)).jobId();
    assertThat(size()).isLessThanOrEqualTo(WINDOW);
    List<Long> popped = new ArrayList<>();
    while (popped.size() <= calls * jobsOfEach) {
      ReadyJobs.Popped batch = queue.ready.pop(List.of(LANE), 30).orElseThrow();
      assertThat(batch.jobs()).as("the window is refilled before it is empty").isNotEmpty();
      queue.claims.claim("a", batch.jobs()).forEach(claimed -> popped.add(claimed.id()));
      batch.wantRefill().forEach(lane -> queue.ready.refill(lane, queue.claims::ready));
      assertThat(size()).isLessThanOrEqualTo(2L * WINDOW);
    }
    assertThat(popped.get(0)).isEqualTo(urgent);
    assertThat(popped.subList(1, popped.size())).isSorted().doesNotHaveDuplicates();
    assertThat(queue.ready.pop(List.of(LANE), 30).orElseThrow().jobs()).isEmpty();
    assertThat(queue.redis.<Long>call(jedis -> jedis.dbSize(), -1L)).as("keys left").isZero();
  }

  @Test
  void a_refill_that_was_asked_for_twice_is_done_once() {
    queue.client.enqueueAll(jobs(5 * WINDOW));
    queue.ready.pop(List.of(LANE), WINDOW - 1).orElseThrow().jobs();
    for (int i = 0; i < 5; i++) {
      queue.ready.refill(LANE, queue.claims::ready);
    }
    assertThat(size()).isEqualTo(1 + WINDOW);
  }

  @Test
  void jobs_behind_a_full_window_stay_in_postgres_unless_urgent() {
    queue.client.enqueueAll(jobs(2 * WINDOW));
    List<Long> before = inRedis();
    queue.client.enqueueAll(jobs(WINDOW));
    assertThat(inRedis()).isEqualTo(before);
    List<NewJob> urgent = jobs(WINDOW).stream().map(job -> job.withPriority(1)).toList();
    List<Long> ids = queue.client.enqueueAll(urgent).stream().map(Enqueued::jobId).toList();
    assertThat(inRedis()).isEqualTo(ids);
  }

  private List<Long> inRedis() {
    return queue
        .redis
        .call(
            jedis -> jedis.zrange("millrace:{default}:ready:" + QueueFixture.KIND, 0, -1),
            List.<String>of())
        .stream()
        .map(Long::valueOf)
        .toList();
  }

  private long size() {
    return queue.redis.call(
        jedis -> jedis.zcard("millrace:{default}:ready:" + QueueFixture.KIND), -1L);
  }
}
