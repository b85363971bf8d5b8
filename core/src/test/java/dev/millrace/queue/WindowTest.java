package dev.millrace.queue;

import static dev.millrace.queue.QueueFixture.LANE;
import static dev.millrace.queue.QueueFixture.job;
import static dev.millrace.queue.QueueFixture.jobs;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
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

  @Test
  void a_backlog_beyond_the_window_is_popped_whole_and_in_order() {
    queue.worker("a");
    for (int i = 0; i < 10; i++) {
      queue.client.enqueueAll(jobs(77));
    }
    long urgent = queue.client.enqueue(job().withPriority(5)).jobId();
    assertThat(size()).isLessThanOrEqualTo(WINDOW);
    List<Long> popped = new ArrayList<>();
    while (popped.size() < 771) {
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

  private long size() {
    return queue.redis.call(
        jedis -> jedis.zcard("millrace:{default}:ready:" + QueueFixture.KIND), -1L);
  }
}
