package dev.millrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
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
  private final UnacknowledgedClaims unacknowledged =
      new UnacknowledgedClaims(queue.jdbi, queue.claims, new ScanPace(NOTHING, now::get));

  @AfterEach
  void close() {
    queue.close();
  }

  @Test
  void a_claim_whose_answer_was_lost_is_found_above_the_mark() {
    claim();
    assertThat(unacknowledged.find(worker, List.of())).as("all of them").hasSize(1);
    ClaimedJob lost = claim();
    assertThat(unacknowledged.find(worker, List.of()))
        .extracting(Claims.Unacknowledged::fence)
        .containsExactly(lost.fence());
    assertThat(unacknowledged.find(worker, List.of(lost.fence()))).isEmpty();
  }

  @Test
  void a_claim_that_is_committed_late_is_found_by_the_next_full_scan() {
    ClaimedJob early = claim();
    queue.results.completed(List.of(new JobResults.Completed(early, null)));
    claim();
    assertThat(unacknowledged.find(worker, List.of())).hasSize(1);
    ClaimedJob late = claim();
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET fence = ? WHERE id = ?", early.fence(), late.id()));
    assertThat(unacknowledged.find(worker, List.of())).isEmpty();
    now.addAndGet(Duration.ofMinutes(2).toNanos());
    assertThat(unacknowledged.find(worker, List.of()))
        .extracting(Claims.Unacknowledged::fence)
        .contains(early.fence());
  }

  @Test
  void claims_without_redis_begin_where_the_last_one_stood() {
    DirectClaims direct = direct(Duration.ofSeconds(8));
    long first = enqueue(0);
    enqueue(0);
    assertThat(claimed(direct, 1)).as("from the beginning").containsExactly(first);
    putBack(first);
    assertThat(claimed(direct, 1)).as("it stands there").containsExactly(first);
    long third = enqueue(0);
    assertThat(claimed(direct, 10)).hasSize(2).contains(third);
    putBack(first);
    assertThat(claimed(direct, 10)).as("behind what it has found").isEmpty();
    long urgent = enqueue(5);
    long fourth = enqueue(0);
    assertThat(claimed(direct, 10)).containsExactly(urgent, fourth);
    now.addAndGet(Duration.ofMinutes(2).toNanos());
    assertThat(claimed(direct, 10)).as("from the beginning, after a rest").containsExactly(first);
  }

  @Test
  void claims_without_redis_that_run_out_of_time_find_what_is_new() {
    DirectClaims direct = direct(Duration.ofMillis(500));
    long job = enqueue(0);
    try (Handle holder = queue.jdbi.open()) {
      holder.begin();
      holder.execute("LOCK TABLE millrace.pauses IN ACCESS EXCLUSIVE MODE");
      assertThat(claimed(direct, 10)).isEmpty();
      holder.commit();
    }
    assertThat(claimed(direct, 10)).containsExactly(job);
  }

  private DirectClaims direct(Duration longest) {
    return new DirectClaims(queue.jdbi, new ScanPace(NOTHING, now::get), longest);
  }

  private long enqueue(int priority) {
    return queue.client.enqueue(QueueFixture.job().withPriority(priority)).jobId();
  }

  private List<Long> claimed(DirectClaims direct, int most) {
    return direct
        .claim(worker, QueueFixture.LANE.queue(), List.of(QueueFixture.KIND), most)
        .stream()
        .map(ClaimedJob::id)
        .toList();
  }

  private void putBack(long id) {
    queue.jdbi.useHandle(
        handle -> handle.execute("UPDATE millrace.jobs SET state = 'queued' WHERE id = ?", id));
  }

  private ClaimedJob claim() {
    long id = queue.client.enqueue(QueueFixture.job()).jobId();
    return queue.claims.claim(worker, List.of(QueueFixture.hint(id))).get(0);
  }
}
