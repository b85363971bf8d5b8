package dev.millrace.scheduler.leader;

import static dev.millrace.queue.QueueFixture.LANE;
import static dev.millrace.queue.QueueFixture.hint;
import static dev.millrace.queue.QueueFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.Enqueued;
import dev.millrace.job.JobOptions;
import dev.millrace.job.NewJob;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.Claims;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.QueueFixture;
import dev.millrace.queue.ReadyJob;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** At most a number of jobs of a limit key run at once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitKeyTest {
  private final LeaderFixture queue = new LeaderFixture();

  @BeforeAll
  void register() {
    queue.worker("a");
    queue.registerKind();
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
  void no_more_jobs_of_a_limit_key_are_processing_than_it_allows() {
    NewJob limited = job().with(JobOptions.NONE.limitedTo(new JobOptions.Limit("api", 2)));
    queue.client.enqueueAll(List.of(limited, limited, limited, limited, job()));
    List<ClaimedJob> claimed = queue.claims.claim("a", popped());
    assertThat(claimed).hasSize(3);
    assertThat(claimed.stream().filter(one -> "api".equals(one.limitKey()))).hasSize(2);
    queue.dispatch.resync();
    assertThat(popped()).as("a job that finds no slot stays out of Redis").isEmpty();
    ClaimedJob first =
        claimed.stream().filter(one -> one.limitKey() != null).findFirst().orElseThrow();
    queue.results.completed(List.of(new JobResults.Completed(first, null)));
    var next = queue.claims.nextOf(Set.of(), Map.of("api", 1));
    assertThat(next).hasSize(1);
    assertThat(queue.claims.claim("a", List.of(next.get(0).job()))).hasSize(1);
    assertThat(text("SELECT sum(attempt) FROM millrace.jobs"))
        .as("no attempt is spent on waiting")
        .isEqualTo("4");
  }

  @Test
  void a_lost_race_for_slots_keeps_what_was_claimed_and_fills_all_slots() {
    NewJob limited = job().with(JobOptions.NONE.limitedTo(new JobOptions.Limit("raced", 3)));
    List<Long> plain = ids(queue.client.enqueueAll(QueueFixture.jobs(200)));
    List<Long> slots = ids(queue.client.enqueueAll(Collections.nCopies(40, limited)));
    List<CompletableFuture<List<ClaimedJob>>> claims = new ArrayList<>();
    for (int worker = 0; worker < 8; worker++) {
      List<ReadyJob> hints = new ArrayList<>();
      plain.subList(worker * 25, worker * 25 + 25).forEach(id -> hints.add(hint(id)));
      slots.subList(worker * 5, worker * 5 + 5).forEach(id -> hints.add(hint(id)));
      claims.add(CompletableFuture.supplyAsync(() -> queue.claims.claim("a", hints)));
    }
    List<ClaimedJob> claimed =
        claims.stream().map(CompletableFuture::join).flatMap(List::stream).toList();
    assertThat(claimed).as("what is processing is known to who claimed it").hasSize(203);
    assertThat(queue.count("processing")).isEqualTo(203);
  }

  @Test
  void as_many_jobs_of_a_limit_key_are_hinted_at_as_slots_came_free() {
    NewJob limited = job().with(JobOptions.NONE.limitedTo(new JobOptions.Limit("api", 3)));
    List<Long> jobs = ids(queue.client.enqueueAll(Collections.nCopies(9, limited)));
    List<ReadyJob> next =
        queue.claims.nextOf(Set.of(), Map.of("api", 2)).stream().map(Claims.FreedJob::job).toList();
    assertThat(next).extracting(ReadyJob::jobId).containsExactlyElementsOf(jobs.subList(0, 2));
  }

  @Test
  void one_claim_takes_the_first_jobs_of_each_limit_key() {
    NewJob two = job().with(JobOptions.NONE.limitedTo(new JobOptions.Limit("two", 2)));
    NewJob one = job().with(JobOptions.NONE.limitedTo(new JobOptions.Limit("one", 1)));
    List<Long> jobs = ids(queue.client.enqueueAll(List.of(two, one, one, two, two)));
    assertThat(queue.claims.claim("a", jobs.stream().map(QueueFixture::hint).toList()))
        .extracting(ClaimedJob::id)
        .containsExactly(jobs.get(0), jobs.get(1), jobs.get(3));
    assertThat(text("SELECT count(*) FROM millrace.jobs WHERE state = 'queued' AND fence = 0"))
        .isEqualTo("2");
  }

  private static List<Long> ids(List<Enqueued> enqueued) {
    return enqueued.stream().map(Enqueued::jobId).toList();
  }

  private List<ReadyJob> popped() {
    return queue.ready.pop(List.of(LANE), 100).orElseThrow().jobs();
  }

  private String text(String sql) {
    return queue.jdbi.withHandle(handle -> handle.select(sql).mapTo(String.class).one());
  }
}
