package dev.millrace.scheduler.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.queue.QueueFixture;
import dev.millrace.testing.HeldTransaction;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;

/** Where the rescuer finds the jobs of workers that are gone. */
class LostWorkersTest {
  @Test
  void lost_jobs_are_found_by_windows_when_a_scan_ran_out_of_time() {
    try (LeaderFixture queue = new LeaderFixture()) {
      String worker = queue.worker("a");
      long lost = queue.client.enqueue(QueueFixture.job()).jobId();
      assertThat(queue.claims.claim(worker, List.of(QueueFixture.hint(lost)))).hasSize(1);
      queue.jdbi.useHandle(
          handle ->
              handle.execute(
                  "UPDATE millrace.queue_workers SET lease_until = clock_timestamp() - interval '1 hour'"));
      LostWorkers look = new LostWorkers(queue.jdbi, Duration.ofMillis(500));
      try (Handle holder = queue.jdbi.open()) {
        HeldTransaction.begin(holder);
        holder.execute("LOCK TABLE millrace.queue_workers IN ACCESS EXCLUSIVE MODE");
        assertThat(look.find(10)).isEmpty();
        holder.commit();
      }
      await().atMost(20, TimeUnit.SECONDS).until(() -> look.find(10).contains(lost));
    }
  }
}
