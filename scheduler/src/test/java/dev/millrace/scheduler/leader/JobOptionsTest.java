package dev.millrace.scheduler.leader;

import static dev.millrace.queue.QueueFixture.LANE;
import static dev.millrace.queue.QueueFixture.hint;
import static dev.millrace.queue.QueueFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.db.RefusedException;
import dev.millrace.job.Enqueued;
import dev.millrace.job.JobOptions;
import dev.millrace.job.JobState;
import dev.millrace.job.NewJob;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Pauses;
import dev.millrace.queue.QueueFixture;
import dev.millrace.queue.ReadyJob;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What decides when, and whether, a job may run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JobOptionsTest {
  private static final JobOptions.Debounce DEBOUNCE =
      new JobOptions.Debounce(
          Duration.ofSeconds(5), Duration.ofSeconds(30), JobOptions.Merge.UNION);

  private final LeaderFixture queue = new LeaderFixture();
  private final Pauses pauses = new Pauses(queue.jdbi);

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

  private static NewJob debounced(String payload) {
    return NewJob.of(QueueFixture.KIND, payload)
        .withUniqueKey("d")
        .with(JobOptions.NONE.debounced(DEBOUNCE));
  }

  @Test
  void the_dispatcher_is_woken_for_what_is_due_soon() {
    queue.client.enqueueAll(List.of(job(), job().after(Duration.ofMillis(200))));
    assertThat(wakeUps()).as("a delay").isOne();
    var debounce =
        new JobOptions.Debounce(
            Duration.ofMillis(200), Duration.ofSeconds(1), JobOptions.Merge.REPLACE);
    queue.client.enqueue(job().withUniqueKey("d").with(JobOptions.NONE.debounced(debounce)));
    assertThat(wakeUps()).as("a debounce").isOne();
    long id = queue.client.enqueue(job()).jobId();
    ClaimedJob snoozed = queue.claims.claim("a", List.of(hint(id))).get(0);
    queue.results.again(snoozed, JobResults.Again.SNOOZED, Duration.ofMillis(200), null);
    assertThat(wakeUps()).as("a snooze").isOne();
    queue.client.enqueueAll(List.of(job(), job().after(Duration.ofHours(1))));
    assertThat(wakeUps()).as("what is due at once, or late").isZero();
  }

  private long wakeUps() {
    String key = "millrace:{dispatcher}:wake";
    return queue.redis.call(
        jedis -> {
          long count = jedis.llen(key);
          jedis.del(key);
          return count;
        },
        -1L);
  }

  @Test
  void a_burst_of_calls_makes_one_job_with_all_they_brought() {
    Enqueued first = queue.client.enqueue(debounced("{\"ids\": [1, 2]}"));
    Enqueued second = queue.client.enqueue(debounced("{\"ids\": [2, 3]}"));
    assertThat(second).isEqualTo(new Enqueued(first.jobId(), false));
    assertThat(text("SELECT payload FROM millrace.jobs")).isEqualTo("{\"ids\": [1, 2, 3]}");
    assertThat(queue.count("scheduled")).isEqualTo(1);
  }

  @Test
  void sql_refuses_numbers_that_the_kind_could_not_read() {
    sql(
        "INSERT INTO millrace.kinds (kind, payload_fields) VALUES ('test.sizes',"
            + " '[{\"name\": \"size\", \"type\": \"int\"}, {\"name\": \"most\", \"type\": \"Long\"}]')"
            + " ON CONFLICT DO NOTHING");
    String call = "SELECT job_id FROM millrace.enqueue('test.sizes', '{\"%s\": %s}')";
    assertThatThrownBy(() -> text(call.formatted("size", "1.5")))
        .hasMessageContaining("payload.size: must be of type int, was 1.5");
    assertThatThrownBy(() -> text(call.formatted("size", "2147483648")))
        .hasMessageContaining("payload.size: must be of type int, was 2147483648");
    assertThatThrownBy(() -> text(call.formatted("most", "\"1\"")))
        .hasMessageContaining("payload.most: must be of type Long, was \"1\"");
    assertThat(text("SELECT count(*) FROM millrace.jobs")).isEqualTo("0");
    text(call.formatted("most", "9223372036854775807"));
  }

  @Test
  void the_last_job_of_a_throttled_key_is_found_by_an_index() {
    String plan =
        queue.jdbi.inTransaction(
            handle -> {
              handle.execute("SET LOCAL enable_seqscan = off");
              return String.join(
                  "\n",
                  handle
                      .select(
                          "EXPLAIN SELECT id FROM millrace.jobs"
                              + " WHERE unique_key = 'k' AND created_at > now() - interval '1 minute'")
                      .mapTo(String.class)
                      .list());
            });
    assertThat(plan).contains("jobs_of_unique_key");
  }

  @Test
  void unique_keys_of_two_kinds_do_not_meet() {
    sql("INSERT INTO millrace.kinds (kind) VALUES ('test.other') ON CONFLICT DO NOTHING");
    long id = queue.client.enqueue(debounced("{\"ids\": [1]}")).jobId();
    NewJob other = NewJob.of("test.other", "{\"a\": 1}").withUniqueKey("d");
    Enqueued debounced = queue.client.enqueue(other.with(JobOptions.NONE.debounced(DEBOUNCE)));
    assertThat(debounced.created()).isTrue();
    assertThat(queue.client.enqueue(other.with(JobOptions.NONE.debounced(DEBOUNCE))))
        .isEqualTo(new Enqueued(debounced.jobId(), false));
    Enqueued plain = queue.client.enqueue(other);
    assertThat(plain.created()).isTrue();
    assertThat(queue.client.enqueue(other)).isEqualTo(new Enqueued(plain.jobId(), false));
    assertThat(queue.client.enqueue(NewJob.of("test.third", "{}").withUniqueKey("d")).created())
        .isTrue();
    sql("SELECT millrace.enqueue('test.fourth', unique_key => 'd', throttle => '1 hour')");
    assertThat(text("SELECT payload FROM millrace.jobs WHERE id = " + id))
        .isEqualTo("{\"ids\": [1]}");
    assertThat(text("SELECT count(DISTINCT kind) FROM millrace.jobs WHERE unique_key = 'd'"))
        .isEqualTo("4");
  }

  @Test
  void unknown_kinds_are_accepted_until_they_are_refused() {
    sql("SELECT millrace.enqueue('test.unknown', '{\"order\": 4711}', unique_key => 'order-4711')");
    assertThat(text("SELECT payload FROM millrace.jobs WHERE kind = 'test.unknown'"))
        .isEqualTo("{\"order\": 4711}");
    sql("SELECT millrace.refuse_unknown_kinds(true)");
    try {
      assertThatThrownBy(() -> sql("SELECT millrace.enqueue('test.unknown')"))
          .hasMessageContaining("kind: no queue worker knows 'test.unknown'");
      assertThatThrownBy(() -> queue.client.enqueue(NewJob.of("test.unknown", "{}")))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("kind: no queue worker knows 'test.unknown'");
      assertThatThrownBy(
              () ->
                  queue.client.enqueueAll(
                      List.of(NewJob.of("test.unknown", "{}"), NewJob.of("test.unknown", "{}"))))
          .isInstanceOf(RefusedException.class);
      assertThat(queue.client.enqueue(job()).created()).isTrue();
    } finally {
      sql("SELECT millrace.refuse_unknown_kinds(false)");
    }
    assertThat(queue.client.enqueue(NewJob.of("test.unknown", "{}")).created()).isTrue();
  }

  @Test
  void a_snoozed_job_has_met_its_start_deadline() {
    JobOptions soon = JobOptions.NONE.startDeadline(Instant.now().plusSeconds(60));
    long id = queue.client.enqueue(job().with(soon)).jobId();
    ClaimedJob claimed = queue.claims.claim("a", List.of(hint(id))).get(0);
    queue.results.again(claimed, JobResults.Again.SNOOZED, Duration.ofHours(1), null);
    sql("UPDATE millrace.jobs SET start_by = start_by - interval '2 minutes'");
    assertThat(queue.dispatch.expire()).isZero();
    assertThat(queue.count("scheduled")).isEqualTo(1);
  }

  @Test
  void a_steady_stream_of_calls_cannot_put_a_job_off_beyond_its_max_wait() {
    long id = queue.client.enqueue(debounced("{}")).jobId();
    sql("UPDATE millrace.jobs SET asked_at = clock_timestamp() - interval '28 seconds'");
    queue.client.enqueue(debounced("{}"));
    assertThat(
            text(
                "SELECT run_at < clock_timestamp() + interval '3 seconds' FROM millrace.jobs WHERE id = "
                    + id))
        .isEqualTo("t");
  }

  @Test
  void a_call_during_the_run_makes_exactly_one_more_job() {
    long running = queue.client.enqueue(debounced("{}")).jobId();
    sql("UPDATE millrace.jobs SET run_at = clock_timestamp()");
    queue.dispatch.promote();
    ClaimedJob claimed = queue.claims.claim("a", List.of(hint(running))).get(0);
    Enqueued waiting = queue.client.enqueue(debounced("{}"));
    assertThat(waiting.created()).isTrue();
    assertThat(queue.client.enqueue(debounced("{}")))
        .isEqualTo(new Enqueued(waiting.jobId(), false));
    queue.results.completed(List.of(new JobResults.Completed(claimed, null)));
    assertThat(queue.count("scheduled")).isEqualTo(1);
  }

  @Test
  void a_throttled_key_answers_with_its_last_job_even_when_that_has_finished() {
    NewJob throttled =
        job().withUniqueKey("t").with(JobOptions.NONE.throttled(Duration.ofMinutes(1)));
    Enqueued first = queue.client.enqueue(throttled);
    queue.results.completed(
        List.of(
            new JobResults.Completed(
                queue.claims.claim("a", List.of(hint(first.jobId()))).get(0), null)));
    assertThat(queue.client.enqueue(throttled)).isEqualTo(new Enqueued(first.jobId(), false));
    sql("UPDATE millrace.jobs SET created_at = created_at - interval '2 minutes'");
    assertThat(queue.client.enqueue(throttled).created()).isTrue();
  }

  @Test
  void nothing_is_claimed_of_what_is_paused_and_everything_after_the_resume() {
    long id = queue.client.enqueue(job()).jobId();
    assertThat(pauses.pause(Pauses.ALL, QueueFixture.KIND, "ada", "migration")).isTrue();
    assertThat(pauses.pause(Pauses.ALL, QueueFixture.KIND, "bob", "other")).isFalse();
    assertThat(pauses.page(Instant.EPOCH, 10))
        .extracting(Pauses.Pause::pausedBy)
        .containsExactly("ada");
    assertThat(queue.claims.claim("a", List.of(hint(id)))).isEmpty();
    assertThat(queue.claims.claimNext("a", "default", List.of(QueueFixture.KIND), 10)).isEmpty();
    assertThat(pauses.open(List.of(LANE))).isEmpty();
    assertThat(pauses.resume(Pauses.ALL, QueueFixture.KIND)).isTrue();
    assertThat(queue.claims.claim("a", List.of(hint(id)))).hasSize(1);
  }

  @Test
  void a_job_that_skips_when_busy_is_cancelled_when_its_lock_key_is_held() {
    NewJob locked = job().withLockKey("l");
    long holder = queue.client.enqueue(locked).jobId();
    queue.claims.claim("a", List.of(hint(holder)));
    long skipping = queue.client.enqueue(locked.with(JobOptions.NONE.skippingWhenBusy())).jobId();
    long waiting = queue.client.enqueue(locked).jobId();
    queue.claims.skipBusy(List.of(hint(skipping), hint(waiting)));
    assertThat(queue.state(skipping)).isEqualTo("cancelled");
    assertThat(error(skipping)).isEqualTo("skipped: lock key 'l' is held by job " + holder);
    assertThat(queue.state(waiting)).isEqualTo("queued");
  }

  private String error(long jobId) {
    return queue.jdbi.withHandle(
        handle ->
            handle
                .select("SELECT error FROM millrace.jobs WHERE id = ?", jobId)
                .mapTo(String.class)
                .one());
  }

  @Test
  void a_job_that_skips_when_busy_is_cancelled_without_a_hint() {
    NewJob locked = job().withLockKey("l");
    queue.claims.claim("a", List.of(hint(queue.client.enqueue(locked).jobId())));
    long skipping = queue.client.enqueue(locked.with(JobOptions.NONE.skippingWhenBusy())).jobId();
    long waiting = queue.client.enqueue(locked).jobId();
    queue.dispatch.resync();
    assertThat(queue.state(skipping)).isEqualTo("cancelled");
    assertThat(queue.state(waiting)).isEqualTo("queued");
  }

  @Test
  void a_job_that_could_not_start_or_finish_in_time_fails_without_running() {
    Instant soon = Instant.now().plusSeconds(60);
    long start = queue.client.enqueue(job().with(JobOptions.NONE.startDeadline(soon))).jobId();
    long finish =
        queue
            .client
            .enqueue(job().after(Duration.ofHours(1)).with(JobOptions.NONE.deadline(soon)))
            .jobId();
    assertThat(queue.dispatch.expire()).isZero();
    sql(
        "UPDATE millrace.jobs SET start_by = start_by - interval '2 minutes', finish_by = finish_by - interval '2 minutes'");
    assertThat(queue.claims.claim("a", List.of(hint(start))))
        .as("even before the leader has looked")
        .isEmpty();
    assertThat(queue.dispatch.expire()).isEqualTo(2);
    assertThat(text("SELECT error FROM millrace.jobs WHERE id = " + start))
        .startsWith("not started by");
    assertThat(text("SELECT error FROM millrace.jobs WHERE id = " + finish))
        .startsWith("not finished by");
  }

  @Test
  void an_attempt_may_run_as_long_as_the_job_says() {
    long id =
        queue
            .client
            .enqueue(job().with(JobOptions.NONE.runningAtMost(Duration.ofSeconds(7))))
            .jobId();
    assertThat(queue.claims.claim("a", List.of(hint(id))).get(0).timeout(Duration.ofSeconds(5)))
        .isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void a_deadline_shortens_an_attempt_and_never_lengthens_it() {
    Instant inAnHour = Instant.now().plus(Duration.ofHours(1));
    NewJob job = job().with(JobOptions.NONE.deadline(inAnHour));
    ClaimedJob claimed =
        queue.claims.claim("a", List.of(hint(queue.client.enqueue(job).jobId()))).get(0);
    assertThat(claimed.timeout(Duration.ofMinutes(30))).isEqualTo(Duration.ofMinutes(30));
    assertThat(claimed.timeout(Duration.ofHours(2)))
        .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
  }

  @Test
  void a_callback_is_enqueued_when_the_job_and_all_its_children_have_finished() {
    NewJob after = NewJob.of(QueueFixture.KIND, "{\"after\": true}").withPriority(3);
    long parent = queue.client.enqueue(job().with(JobOptions.NONE.followedBy(after))).jobId();
    queue.results.waiting(
        queue.claims.claim("a", List.of(hint(parent))).get(0), List.of(job(), job()), "{}");
    List<Long> children =
        queue.jdbi.withHandle(
            handle ->
                handle
                    .select("SELECT id FROM millrace.jobs WHERE parent_id = ?", parent)
                    .mapTo(Long.class)
                    .list());
    queue.results.completed(
        List.of(
            new JobResults.Completed(
                queue.claims.claim("a", List.of(hint(children.get(0)))).get(0), null)));
    assertThat(callbacks()).isZero();
    queue.results.ended(
        queue.claims.claim("a", List.of(hint(children.get(1)))).get(0),
        JobState.FAILED,
        "no",
        null);
    assertThat(callbacks()).isEqualTo(1);
    assertThat(queue.state(parent)).isEqualTo("completed");
  }

  @Test
  void sql_enqueues_in_its_own_transaction_and_refuses_what_no_job_may_be() {
    queue.jdbi.useTransaction(
        handle -> {
          handle.execute("SELECT millrace.enqueue('test.noop', '{\"a\": 1}', priority => 7)");
          handle.rollback();
        });
    assertThat(queue.count("queued")).isZero();
    sql("SELECT millrace.enqueue('test.noop', '{\"a\": 1}', priority => 7)");
    queue.dispatch.resync();
    assertThat(popped()).hasSize(1);
    assertThatThrownBy(() -> sql("SELECT millrace.enqueue('Test Unknown')"))
        .hasMessageContaining("kind: must match");
    assertThatThrownBy(() -> sql("SELECT millrace.enqueue('test.noop', '[]')"))
        .hasMessageContaining("payload: must be a JSON object");
    assertThatThrownBy(() -> sql("SELECT millrace.enqueue('test.noop', delay => '-1 s')"))
        .hasMessageContaining("delay: must not");
    assertThatThrownBy(() -> sql("SELECT millrace.enqueue('test.noop', debounce => '1 s')"))
        .hasMessageContaining("unique_key:");
    assertThatThrownBy(() -> sql("SELECT millrace.enqueue('test.noop', priority => 1000)"))
        .hasMessageContaining("priority");
  }

  private List<ReadyJob> popped() {
    return queue.ready.pop(List.of(LANE), 100).orElseThrow().jobs();
  }

  private long callbacks() {
    return Long.parseLong(
        text("SELECT count(*) FROM millrace.jobs WHERE payload ? 'after'".replace("?", "??")));
  }

  private String text(String sql) {
    return queue.jdbi.withHandle(handle -> handle.select(sql).mapTo(String.class).one());
  }

  private void sql(String sql) {
    queue.jdbi.useHandle(handle -> handle.execute(sql));
  }
}
