package dev.millrace.scheduler.leader;

import static dev.millrace.queue.QueueFixture.KIND;
import static dev.millrace.queue.QueueFixture.hint;
import static dev.millrace.queue.QueueFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.job.JobOptions;
import dev.millrace.job.JobState;
import dev.millrace.job.NewJob;
import dev.millrace.job.OnChildFailure;
import dev.millrace.job.Outcome;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.JobControl;
import dev.millrace.queue.JobResults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A job does not end before the children that were enqueued while it was at work. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FamilyTest {
  private static final String CHILD = "SELECT job_id FROM millrace.enqueue(?, parent_id => ?)";

  private final LeaderFixture queue = new LeaderFixture();
  private final JobControl control = new JobControl(queue.jdbi, queue.client);

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
  void a_running_parent_waits_for_children_enqueued_in_sql() {
    ClaimedJob parent = claim(enqueueWithCallback());
    long child = child(parent.id());

    assertThat(complete(parent)).isTrue();
    assertThat(queue.state(parent.id())).isEqualTo("waiting");
    assertThat(callbacks()).isZero();

    assertThat(complete(claim(child))).isTrue();
    assertThat(queue.state(parent.id())).isEqualTo("completed");
    assertThat(callbacks()).isOne();
  }

  @Test
  void a_child_that_ends_before_its_parent_is_counted_off() {
    ClaimedJob parent = claim(enqueueWithCallback());
    assertThat(complete(claim(child(parent.id())))).isTrue();
    assertThat(queue.state(parent.id())).isEqualTo("processing");
    assertThat(complete(parent)).isTrue();
    assertThat(queue.state(parent.id())).isEqualTo("completed");
    assertThat(callbacks()).isOne();
  }

  @Test
  void children_enqueued_in_sql_and_by_the_handler_are_counted_together() {
    ClaimedJob parent = claim(enqueueWithCallback());
    long early = child(parent.id());
    NewJob limited = job().with(JobOptions.NONE.limitedTo(new JobOptions.Limit("l", 5)));
    assertThat(
            queue.results.waiting(
                parent, new Outcome.WaitFor(List.of(job(), limited), "{}", OnChildFailure.FAIL)))
        .isTrue();
    assertThat(number("SELECT children_left FROM millrace.jobs WHERE id = ?", parent.id()))
        .isEqualTo(3);
    assertThat(queue.results.ended(claim(early), JobState.FAILED, "broken", null)).isTrue();
    for (long child : queuedChildren(parent.id())) {
      assertThat(queue.state(parent.id())).isEqualTo("waiting");
      assertThat(complete(claim(child))).isTrue();
    }
    assertThat(queue.state(parent.id())).isEqualTo("failed");
    assertThat(callbacks()).isOne();
  }

  @Test
  void a_job_completed_in_its_own_transaction_waits_for_its_children_too() {
    ClaimedJob parent = claim(queue.client.enqueue(job()).jobId());
    long child = child(parent.id());
    assertThat(
            queue.jdbi.<Boolean, RuntimeException>inTransaction(
                handle -> JobResults.completeIn(handle, parent, "{}")))
        .isTrue();
    assertThat(queue.state(parent.id())).isEqualTo("waiting");
    assertThat(complete(claim(child))).isTrue();
    assertThat(queue.state(parent.id())).isEqualTo("completed");
  }

  @Test
  void a_parent_that_fails_ends_with_the_last_of_its_children() {
    ClaimedJob parent = claim(enqueueWithCallback());
    long child = child(parent.id());
    assertThat(queue.results.ended(parent, JobState.FAILED, "broken", null)).isTrue();
    assertThat(queue.state(parent.id())).isEqualTo("waiting");
    assertThat(callbacks()).isZero();
    assertThat(complete(claim(child))).isTrue();
    assertThat(queue.state(parent.id())).isEqualTo("failed");
    assertThat(text("SELECT error FROM millrace.jobs WHERE id = ?", parent.id()))
        .isEqualTo("broken");
    assertThat(callbacks()).isOne();
    assertThat(control.retry(parent.id())).isEqualTo(JobControl.Retried.QUEUED);
    assertThat(complete(claim(parent.id()))).isTrue();
    assertThat(queue.state(parent.id())).isEqualTo("completed");
  }

  @Test
  void children_of_a_failed_attempt_are_waited_for_by_the_next() {
    ClaimedJob first = claim(queue.client.enqueue(job()).jobId());
    long early = child(first.id());
    queue.results.again(first, JobResults.Again.FAILED, Duration.ZERO, "broken");
    ClaimedJob second = claim(first.id());
    long late = child(first.id());
    assertThat(complete(claim(early))).isTrue();
    assertThat(complete(second)).isTrue();
    assertThat(queue.state(first.id())).isEqualTo("waiting");
    assertThat(complete(claim(late))).isTrue();
    assertThat(queue.state(first.id())).isEqualTo("completed");
  }

  @Test
  void a_parent_cancelled_between_two_attempts_ends_after_its_running_child() {
    ClaimedJob parent = claim(enqueueWithCallback());
    ClaimedJob child = claim(child(parent.id()));
    queue.results.again(parent, JobResults.Again.FAILED, Duration.ofHours(1), "broken");
    assertThat(control.cancel(parent.id())).isEqualTo(JobControl.Cancelled.REQUESTED);
    assertThat(queue.state(parent.id())).isEqualTo("waiting");
    assertThat(callbacks()).isZero();
    assertThat(queue.results.ended(child, JobState.CANCELLED, "stopped", null)).isTrue();
    assertThat(queue.state(parent.id())).isEqualTo("cancelled");
    assertThat(callbacks()).isOne();
  }

  @Test
  void a_parent_late_between_two_attempts_stops_its_children_and_fails() {
    ClaimedJob parent = claim(enqueueWithCallback());
    ClaimedJob child = claim(child(parent.id()));
    queue.results.again(parent, JobResults.Again.FAILED, Duration.ofHours(1), "broken");
    queue.jdbi.useHandle(
        handle ->
            handle.execute("UPDATE millrace.jobs SET finish_by = now() WHERE id = ?", parent.id()));
    assertThat(queue.dispatch.expire()).isEqualTo(2);
    assertThat(queue.state(parent.id())).isEqualTo("waiting");
    assertThat(queue.results.ended(child, JobState.CANCELLED, "stopped", null)).isTrue();
    assertThat(queue.state(parent.id())).isEqualTo("failed");
    assertThat(callbacks()).isOne();
  }

  @Test
  void a_call_that_finds_its_unique_key_held_adds_no_child() {
    ClaimedJob parent = claim(queue.client.enqueue(job()).jobId());
    queue.client.enqueue(job().withUniqueKey("u"));
    number(
        "SELECT job_id FROM millrace.enqueue(?, parent_id => ?, unique_key => 'u')",
        KIND,
        parent.id());
    assertThat(complete(parent)).isTrue();
    assertThat(queue.state(parent.id())).isEqualTo("completed");
  }

  @Test
  void a_completion_waits_for_a_child_that_is_being_committed() {
    ClaimedJob parent = claim(enqueueWithCallback());
    CompletableFuture<Boolean> completion =
        queue.jdbi.inTransaction(
            handle -> {
              handle.select(CHILD, KIND, parent.id()).mapTo(Long.class).one();
              int pid = handle.select("SELECT pg_backend_pid()").mapTo(Integer.class).one();
              CompletableFuture<Boolean> waiting =
                  CompletableFuture.supplyAsync(() -> completeInTheEnd(parent));
              await()
                  .atMost(30, TimeUnit.SECONDS)
                  .until(
                      () ->
                          number(
                                  "SELECT count(*) FROM pg_stat_activity WHERE ? = ANY (pg_blocking_pids(pid))",
                                  pid)
                              > 0);
              return waiting;
            });
    assertThat(completion.join()).isTrue();
    assertThat(queue.state(parent.id())).isEqualTo("waiting");
    assertThat(callbacks()).isZero();
  }

  @Test
  void no_parent_ends_before_its_children_however_they_meet() {
    List<CompletableFuture<?>> work = Collections.synchronizedList(new ArrayList<>());
    int families = 60;
    for (int i = 0; i < families; i++) {
      ClaimedJob parent = claim(enqueueWithCallback());
      work.add(
          CompletableFuture.runAsync(
              () -> {
                try {
                  complete(claim(child(parent.id())));
                } catch (RuntimeException tooLate) {
                  assertThat(tooLate).hasStackTraceContaining("must be a job that is processing");
                }
              }));
      work.add(CompletableFuture.supplyAsync(() -> completeInTheEnd(parent)));
    }
    work.forEach(CompletableFuture::join);
    assertThat(
            number(
                "SELECT count(*) FROM millrace.jobs p JOIN millrace.jobs c ON c.parent_id = p.id"
                    + " WHERE p.finished_at < c.finished_at OR c.finished_at IS NULL"))
        .isZero();
    assertThat(queue.count("waiting") + queue.count("processing")).isZero();
    assertThat(callbacks()).isEqualTo(families);
  }

  /** As the recorder does: again while another transaction has the row locked. */
  private boolean completeInTheEnd(ClaimedJob job) {
    while (true) {
      try {
        return complete(job);
      } catch (RuntimeException e) {
        assertThat(e).hasStackTraceContaining("lock timeout");
      }
    }
  }

  private long enqueueWithCallback() {
    NewJob after = NewJob.of(KIND, "{\"after\": true}").after(Duration.ofHours(1));
    return queue.client.enqueue(job().with(JobOptions.NONE.followedBy(after))).jobId();
  }

  private long callbacks() {
    return number("SELECT count(*) FROM millrace.jobs WHERE payload ?? 'after'");
  }

  private long child(long parent) {
    return number(CHILD, KIND, parent);
  }

  private List<Long> queuedChildren(long parent) {
    return queue.jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT id FROM millrace.jobs WHERE parent_id = ? AND state = 'queued'", parent)
                .mapTo(Long.class)
                .list());
  }

  private ClaimedJob claim(long jobId) {
    List<ClaimedJob> claimed = queue.claims.claim("a", List.of(hint(jobId)));
    assertThat(claimed).hasSize(1);
    return claimed.get(0);
  }

  private boolean complete(ClaimedJob job) {
    return queue.results.completed(List.of(new JobResults.Completed(job, null))).contains(job.id());
  }

  private String text(String sql, Object... arguments) {
    return queue.jdbi.withHandle(handle -> handle.select(sql, arguments).mapTo(String.class).one());
  }

  private long number(String sql, Object... arguments) {
    return queue.jdbi.withHandle(handle -> handle.select(sql, arguments).mapTo(Long.class).one());
  }
}
