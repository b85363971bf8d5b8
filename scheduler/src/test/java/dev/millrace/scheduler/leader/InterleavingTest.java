package dev.millrace.scheduler.leader;

import static dev.millrace.queue.QueueFixture.KIND;
import static dev.millrace.queue.QueueFixture.hint;
import static dev.millrace.queue.QueueFixture.job;
import static dev.millrace.queue.QueueFixture.jobs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.job.JobOptions;
import dev.millrace.job.JobState;
import dev.millrace.job.NewJob;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.JobControl;
import dev.millrace.queue.JobResults;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What two statements may do to each other that concern the same jobs at the same time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InterleavingTest {
  private static final String BLOCKED_BY =
      "SELECT count(*) FROM pg_stat_activity WHERE ? = ANY (pg_blocking_pids(pid))";

  private final LeaderFixture queue = new LeaderFixture();
  private final JobControl control = new JobControl(queue.jdbi, queue.client);

  @BeforeAll
  void register() {
    queue.worker("a");
    queue.worker("b");
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
  void a_retried_job_blocks_no_other_job_of_its_unique_key() {
    NewJob debounced = debounced("{\"ids\": [1]}");
    ClaimedJob running = claim("a", dueNow(debounced));
    long waiting = queue.client.enqueue(debounced("{\"ids\": [2]}")).jobId();

    assertThat(queue.results.again(running, JobResults.Again.FAILED, Duration.ofHours(1), "broken"))
        .isTrue();

    assertThat(queue.state(running.id())).isEqualTo("scheduled");
    assertThat(queue.client.enqueue(debounced("{\"ids\": [3]}")).jobId()).isEqualTo(waiting);
    assertThat(payload(running.id())).isEqualTo("{\"ids\": [1]}");
    assertThat(payload(waiting)).isEqualTo("{\"ids\": [2, 3]}");
  }

  @Test
  void a_lost_job_is_rescued_while_another_of_its_keys_waits() {
    NewJob stats = debounced("{}").withLockKey("stats");
    ClaimedJob lost = claim("a", dueNow(stats));
    ClaimedJob other = claim("a", queue.client.enqueue(job()).jobId());
    dueNow(stats);
    queue.leaseEnds("a");

    assertThat(queue.rescue.run()).isEqualTo(2);

    assertThat(List.of(queue.state(lost.id()), queue.state(other.id()))).containsOnly("scheduled");
  }

  @Test
  void a_job_that_cannot_be_rescued_does_not_keep_the_others() {
    ClaimedJob cursed = claim("a", queue.client.enqueue(job()).jobId());
    ClaimedJob other = claim("a", queue.client.enqueue(job()).jobId());
    queue.jdbi.useHandle(
        handle -> {
          handle.execute(
              "CREATE FUNCTION curse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''cursed''; END'");
          handle.execute(
              "CREATE TRIGGER curse BEFORE UPDATE ON millrace.jobs FOR EACH ROW WHEN (OLD.id = "
                  + cursed.id()
                  + ") EXECUTE FUNCTION curse()");
        });
    queue.leaseEnds("a");

    assertThat(queue.rescue.run()).isOne();

    assertThat(queue.state(cursed.id())).isEqualTo("processing");
    assertThat(queue.state(other.id())).isEqualTo("scheduled");
    queue.jdbi.useHandle(handle -> handle.execute("DROP FUNCTION curse() CASCADE"));
  }

  @Test
  void a_cancelled_job_is_not_retried_when_its_attempt_fails_first() {
    long parent = queue.client.enqueue(job()).jobId();
    assertThat(queue.results.waiting(claim("a", parent), jobs(1), "{}")).isTrue();
    ClaimedJob child = claim("a", child(parent));
    assertThat(control.cancel(child.id())).isEqualTo(JobControl.Cancelled.REQUESTED);

    assertThat(queue.results.again(child, JobResults.Again.FAILED, Duration.ofHours(1), "broken"))
        .isTrue();

    assertThat(queue.state(child.id())).isEqualTo("cancelled");
    assertThat(queue.state(parent)).isEqualTo("completed");
  }

  @Test
  void a_parent_past_its_deadline_stops_its_children_and_fails() {
    long parent =
        queue
            .client
            .enqueue(job().with(JobOptions.NONE.deadline(Instant.now().plusSeconds(60))))
            .jobId();
    assertThat(queue.results.waiting(claim("a", parent), jobs(2), "{}")).isTrue();
    ClaimedJob running = claim("a", child(parent));
    assertThat(queue.dispatch.expire()).isZero();
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET finish_by = now() - interval '1 second' WHERE id = ?",
                parent));

    assertThat(queue.dispatch.expire()).isOne();
    assertThat(queue.dispatch.expire()).isZero();
    assertThat(queue.count("cancelled")).isEqualTo(1);
    assertThat(queue.state(parent)).isEqualTo("waiting");
    assertThat(queue.results.ended(running, JobState.CANCELLED, "stopped", null)).isTrue();

    assertThat(queue.state(parent)).isEqualTo("failed");
    String error =
        queue.jdbi.withHandle(
            handle ->
                handle
                    .select("SELECT error FROM millrace.jobs WHERE id = ?", parent)
                    .mapTo(String.class)
                    .one());
    assertThat(error).startsWith("not finished by ");
  }

  @Test
  void a_job_that_was_cancelled_gets_no_children() {
    ClaimedJob parent = claim("a", queue.client.enqueue(job()).jobId());
    assertThat(control.cancel(parent.id())).isEqualTo(JobControl.Cancelled.REQUESTED);

    assertThat(queue.results.waiting(parent, jobs(3), "{}")).isTrue();

    assertThat(queue.state(parent.id())).isEqualTo("cancelled");
    assertThat(queue.count("queued")).isZero();
  }

  @Test
  void children_inserted_during_a_cancel_are_cancelled_too() {
    ClaimedJob parent = claim("a", queue.client.enqueue(job()).jobId());
    CompletableFuture<JobControl.Cancelled> cancel =
        meanwhile(
            handle -> {
              handle.execute(
                  "INSERT INTO millrace.jobs (kind, parent_id) VALUES (?, ?)", KIND, parent.id());
              handle.execute(
                  "UPDATE millrace.jobs SET state = 'waiting', children_left = 1 WHERE id = ?",
                  parent.id());
            },
            () -> control.cancel(parent.id()));

    assertThat(cancel.join()).isEqualTo(JobControl.Cancelled.AT_ONCE);
    assertThat(queue.count("cancelled")).isEqualTo(2);
  }

  @Test
  void of_a_parent_and_its_child_only_one_is_retried_at_a_time() {
    long parent = queue.client.enqueue(job()).jobId();
    assertThat(queue.results.waiting(claim("a", parent), jobs(1), "{}")).isTrue();
    long child = child(parent);
    queue.results.ended(claim("a", child), JobState.FAILED, "broken", null);
    queue.jdbi.useHandle(
        handle -> handle.execute("UPDATE millrace.jobs SET state = 'failed' WHERE id = ?", parent));

    CompletableFuture<JobControl.Retried> retry =
        meanwhile(
            handle ->
                handle.execute(
                    "UPDATE millrace.jobs SET state = 'queued', finished_at = NULL WHERE id = ?",
                    parent),
            () -> control.retry(child));

    assertThat(retry.join()).isEqualTo(JobControl.Retried.NOT_RETRYABLE);
    assertThat(queue.state(child)).isEqualTo("failed");
  }

  @Test
  void two_workers_record_children_of_the_same_parents_without_waiting() {
    long first = queue.client.enqueue(job()).jobId();
    long second = queue.client.enqueue(job()).jobId();
    for (long parent : List.of(first, second)) {
      assertThat(queue.results.waiting(claim("a", parent), jobs(2), "{}")).isTrue();
    }
    List<JobResults.Completed> mine = List.of(claimedChild(first), claimedChild(second));
    List<JobResults.Completed> theirs = List.of(claimedChild(second), claimedChild(first));

    List<CompletableFuture<Integer>> recorded =
        queue.jdbi.inTransaction(
            holder -> {
              int pid = pid(holder);
              holder.execute(
                  "SELECT 1 FROM millrace.jobs WHERE id IN (?, ?) FOR UPDATE", first, second);
              List<CompletableFuture<Integer>> both =
                  List.of(
                      CompletableFuture.supplyAsync(() -> completedInTheEnd(mine)),
                      CompletableFuture.supplyAsync(() -> completedInTheEnd(theirs)));
              await().atMost(30, TimeUnit.SECONDS).until(() -> waiters(pid) >= 1);
              await().atMost(30, TimeUnit.SECONDS).until(() -> waitersForRows() == 2);
              return both;
            });

    assertThat(recorded).extracting(CompletableFuture::join).containsExactly(2, 2);
    assertThat(List.of(queue.state(first), queue.state(second))).containsOnly("completed");
  }

  @Test
  void a_call_that_is_throttled_adds_nothing_to_what_its_parent_waits_for() {
    long parent = queue.client.enqueue(job()).jobId();
    assertThat(queue.results.waiting(claim("a", parent), jobs(1), "{}")).isTrue();
    String call =
        "SELECT job_id FROM millrace.enqueue(?, unique_key => 't', throttle => '1 minute', parent_id => ?)";
    long added = number(call, KIND, parent);
    assertThat(number(call, KIND, parent)).isEqualTo(added);

    for (long child : List.of(child(parent), added)) {
      queue.results.ended(claim("a", child), JobState.FAILED, "broken", null);
    }

    assertThat(queue.state(parent)).isEqualTo("completed");
  }

  @Test
  void a_callback_that_could_not_be_enqueued_is_refused_with_its_job() {
    for (String callback :
        List.of(
            "{}",
            "{\"kind\": \"No Kind\"}",
            "{\"kind\": \"test.noop\", \"payload\": []}",
            "{\"kind\": \"test.noop\", \"payload\": null}",
            "{\"kind\": \"test.noop\", \"queue\": \"No Queue\"}",
            "{\"kind\": \"test.noop\", \"priority\": 101}",
            "{\"kind\": \"test.noop\", \"priority\": 0.5}")) {
      assertThatThrownBy(
              () ->
                  number(
                      "SELECT job_id FROM millrace.enqueue(?, callback => ?::jsonb)",
                      KIND,
                      callback))
          .as(callback)
          .hasMessageContaining("callback");
    }
    assertThat(number("SELECT count(*) FROM millrace.jobs")).isZero();
  }

  @Test
  void a_callback_needs_no_more_than_a_kind_and_gets_the_attempts_of_it() {
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.kinds SET defaults = '{\"max_attempts\": 1}' WHERE kind = ?",
                KIND));
    long id =
        number(
            "SELECT job_id FROM millrace.enqueue(?, callback => '{\"kind\": \"test.noop\"}')",
            KIND);
    queue.results.completed(List.of(new JobResults.Completed(claim("a", id), null)));
    assertThat(number("SELECT max_attempts FROM millrace.jobs WHERE trigger = 'parent'")).isOne();
    queue.jdbi.useHandle(
        handle -> handle.execute("UPDATE millrace.kinds SET defaults = '{}' WHERE kind = ?", KIND));
  }

  private static NewJob debounced(String payload) {
    Duration window = Duration.ofSeconds(5);
    return NewJob.of(KIND, payload)
        .withUniqueKey("d")
        .with(
            JobOptions.NONE.debounced(
                new JobOptions.Debounce(window, window, JobOptions.Merge.UNION)));
  }

  /** Its id. */
  private long dueNow(NewJob job) {
    long id = queue.client.enqueue(job).jobId();
    queue.jdbi.useHandle(
        handle ->
            handle.execute("UPDATE millrace.jobs SET run_at = clock_timestamp() WHERE id = ?", id));
    assertThat(queue.dispatch.promote()).isOne();
    return id;
  }

  /** What comes of some work that has to wait for the commit of some statements. */
  private <T> CompletableFuture<T> meanwhile(Consumer<Handle> statements, Supplier<T> work) {
    return queue.jdbi.inTransaction(
        handle -> {
          statements.accept(handle);
          int pid = pid(handle);
          CompletableFuture<T> waiting = CompletableFuture.supplyAsync(work);
          await().atMost(30, TimeUnit.SECONDS).until(() -> waiting.isDone() || waiters(pid) == 1);
          return waiting;
        });
  }

  private static int pid(Handle handle) {
    return handle.select("SELECT pg_backend_pid()").mapTo(Integer.class).one();
  }

  private long waiters(int pid) {
    return number(BLOCKED_BY, pid);
  }

  private long waitersForRows() {
    return number(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
  }

  /** As the recorder does: again while another transaction has a row locked. */
  private int completedInTheEnd(List<JobResults.Completed> attempts) {
    while (true) {
      try {
        return queue.results.completed(attempts).size();
      } catch (RuntimeException e) {
        assertThat(e).hasStackTraceContaining("lock timeout");
      }
    }
  }

  private JobResults.Completed claimedChild(long parent) {
    return new JobResults.Completed(claim("a", child(parent)), null);
  }

  private long child(long parent) {
    return number(
        "SELECT min(id) FROM millrace.jobs WHERE parent_id = ? AND state = 'queued'", parent);
  }

  private ClaimedJob claim(String worker, long jobId) {
    List<ClaimedJob> claimed = queue.claims.claim(worker, List.of(hint(jobId)));
    assertThat(claimed).hasSize(1);
    return claimed.get(0);
  }

  private String payload(long jobId) {
    return queue.jdbi.withHandle(
        handle ->
            handle
                .select("SELECT payload::text FROM millrace.jobs WHERE id = ?", jobId)
                .mapTo(String.class)
                .one());
  }

  private long number(String sql, Object... arguments) {
    return queue.jdbi.withHandle(handle -> handle.select(sql, arguments).mapTo(Long.class).one());
  }
}
