package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.NewJob;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.Leases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a worker holds, without the worker's threads. */
class HeldJobsTest {
  private final WorkerFixture millrace = new WorkerFixture(Duration.ofMinutes(10));
  private final HeldJobs held = new HeldJobs(2, millrace.locks);

  @BeforeEach
  void register() {
    millrace.leases.register(
        new Leases.Registration(
            "w", "w", "here", 1, List.of(NewJob.DEFAULT_QUEUE), List.of("test.claimed"), 2));
  }

  @AfterEach
  void close() {
    millrace.close();
  }

  private Attempt add() {
    Attempt attempt = millrace.claimed("w");
    assertThat(held.add(List.of(attempt))).containsExactly(attempt);
    return attempt;
  }

  private List<AttemptResult> results() {
    List<AttemptResult> results = new ArrayList<>();
    held.results().drainTo(results, 100);
    return results;
  }

  @Test
  void an_attempt_is_held_until_it_is_released() throws Exception {
    Attempt attempt = add();
    held.offer(List.of(attempt));

    assertThat(held.hasPrefetched()).isTrue();
    assertThat(held.next()).isSameAs(attempt);
    assertThat(held.fences()).containsExactly(attempt.fence());

    held.release(List.of(attempt));

    assertThat(held.isEmpty()).isTrue();
    assertThat(held.awaitRoom(Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void a_draining_worker_hands_new_attempts_back() {
    Attempt attempt = add();
    held.drain();

    held.offer(List.of(attempt));

    assertThat(held.hasPrefetched()).isFalse();
    assertThat(results())
        .containsExactly(new AttemptResult.HandedBack(attempt, Duration.ZERO, false));
  }

  @Test
  void prefetched_attempts_are_handed_back_in_order() {
    List<Attempt> attempts = List.of(add(), add());
    held.offer(attempts);

    held.handBackPrefetched();

    assertThat(results()).extracting(AttemptResult::attempt).containsExactlyElementsOf(attempts);
    assertThat(held.size()).as("until it is recorded").isEqualTo(2);
  }

  @Test
  void a_repeated_fence_of_another_job_hands_that_job_back() {
    Attempt attempt = add();
    ClaimedJob job = attempt.job();
    Attempt other =
        millrace.attempt(
            new ClaimedJob(
                job.id() + 1,
                job.kind(),
                job.queue(),
                job.payload(),
                job.priority(),
                job.attempt(),
                job.maxAttempts(),
                job.fence(),
                job.workerId(),
                job.lockKey(),
                job.limitKey(),
                job.backgroundWorker(),
                job.trigger(),
                job.family(),
                job.runTimeout(),
                job.untilDeadline(),
                job.waited()));

    assertThat(held.add(List.of(other))).isEmpty();

    assertThat(results()).extracting(AttemptResult::attempt).containsExactly(other);
    assertThat(held.all()).containsExactly(attempt);
  }

  @Test
  void a_postponed_outcome_takes_no_room() {
    add();
    add();
    held.setPostponed(1);

    assertThat(held.occupied()).isEqualTo(1);
    assertThat(held.hasPostponed()).isTrue();
  }

  @Test
  void a_stop_waits_until_nothing_is_held() throws Exception {
    Attempt attempt = add();
    CompletableFuture<Boolean> empty =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                held.awaitEmpty(Duration.ofMinutes(1));
                return held.isEmpty();
              } catch (InterruptedException e) {
                return false;
              }
            });
    held.release(List.of(attempt));
    assertThat(empty.get(10, TimeUnit.SECONDS)).isTrue();
  }
}
