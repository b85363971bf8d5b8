package dev.millrace.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What looks find that do not begin at the beginning, or had no time to come to the end. */
class OldSnapshotTest {
  private static final Duration NOTHING = Duration.ofNanos(-1);

  private final QueueFixture queue = new QueueFixture();
  private final String worker = queue.worker("a");
  private final AtomicLong now = new AtomicLong();
  private final UnheardLook unheard =
      new UnheardLook(queue.jdbi, queue.claims, new LookPace(NOTHING, now::get));

  @AfterEach
  void close() {
    queue.close();
  }

  @Test
  void a_claim_whose_answer_was_lost_is_found_above_the_mark() {
    claim();
    assertThat(unheard.look(worker, List.of())).as("all of them").hasSize(1);
    ClaimedJob lost = claim();
    assertThat(unheard.look(worker, List.of()))
        .extracting(Claims.Unheard::fence)
        .containsExactly(lost.fence());
    assertThat(unheard.look(worker, List.of(lost.fence()))).isEmpty();
  }

  @Test
  void a_claim_that_is_committed_late_is_found_by_the_next_full_look() {
    ClaimedJob early = claim();
    queue.records.completed(List.of(new Records.Completed(early, null)));
    claim();
    assertThat(unheard.look(worker, List.of())).hasSize(1);
    ClaimedJob late = claim();
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET fence = ? WHERE id = ?", early.fence(), late.id()));
    assertThat(unheard.look(worker, List.of())).isEmpty();
    now.addAndGet(Duration.ofMinutes(2).toNanos());
    assertThat(unheard.look(worker, List.of()))
        .extracting(Claims.Unheard::fence)
        .contains(early.fence());
  }

  @Test
  void lost_jobs_are_found_by_windows_when_a_look_ran_out_of_time() {
    long lost = claim().id();
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.queue_workers SET lease_until = clock_timestamp() - interval '1 hour'"));
    LostLook look = new LostLook(queue.jdbi, Duration.ofMillis(500));
    try (Handle holder = queue.jdbi.open()) {
      holder.begin();
      holder.execute("LOCK TABLE millrace.queue_workers IN ACCESS EXCLUSIVE MODE");
      assertThat(look.look(10)).isEmpty();
      holder.commit();
    }
    await().atMost(20, TimeUnit.SECONDS).until(() -> look.look(10).contains(lost));
  }

  private ClaimedJob claim() {
    long id = queue.client.enqueue(QueueFixture.job()).jobId();
    return queue.claims.claim(worker, List.of(QueueFixture.hint(id))).get(0);
  }
}
