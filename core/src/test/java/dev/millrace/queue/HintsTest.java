package dev.millrace.queue;

import static dev.millrace.queue.QueueFixture.LANE;
import static dev.millrace.queue.QueueFixture.hint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.health.Health;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Hints are gathered when many come at once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HintsTest {
  private final QueueFixture queue = new QueueFixture();

  @AfterAll
  void close() {
    queue.close();
  }

  @Test
  void a_single_hint_has_arrived_when_send_returns() {
    new Hints(queue.ready, new Health()).send(new Lane("alone", QueueFixture.KIND), hint(1));
    assertThat(size(new Lane("alone", QueueFixture.KIND))).isOne();
  }

  @Test
  void the_hints_of_many_threads_at_once_all_arrive() throws Exception {
    Hints hints = new Hints(queue.ready, new Health());
    AtomicLong ids = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    Callable<Boolean> work =
        () -> {
          for (int i = 0; i < 500; i++) {
            hints.send(LANE, hint(ids.incrementAndGet()));
          }
          return true;
        };
    List<Callable<Boolean>> all = IntStream.range(0, 8).mapToObj(i -> work).toList();
    for (Future<Boolean> done : threads.invokeAll(all)) {
      assertThat(done.get()).isTrue();
    }
    threads.shutdown();
    await().until(() -> size(LANE) == 4_000);
  }

  private long size(Lane lane) {
    return queue.redis.call(
        jedis -> jedis.zcard("millrace:{" + lane.queue() + "}:ready:" + lane.kind()), -1L);
  }
}
