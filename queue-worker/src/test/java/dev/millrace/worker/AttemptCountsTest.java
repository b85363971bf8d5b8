package dev.millrace.worker;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.job.UnretryableException;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.Leases;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AttemptCountsTest {
  private final WorkerFixture millrace = new WorkerFixture(Leases.LEASE);

  @AfterEach
  void close() {
    millrace.close();
  }

  private static NewJob job(String kind, int number) {
    return NewJob.of(kind, "{\"number\": " + number + "}");
  }

  /** The counts of a table, a line for each row without its time, minutes added up. */
  private String counted(String table) {
    return millrace.text(
        "SELECT coalesce(string_agg(line, E'\\n' ORDER BY line), '') FROM (SELECT concat_ws(' ', queue, kind, outcome, sum(jobs)) AS line"
            + " FROM millrace."
            + table
            + " GROUP BY queue, kind, outcome) lines");
  }

  @Test
  void a_worker_counts_what_it_has_recorded_and_writes_the_rest_when_it_stops() {
    CountDownLatch running = new CountDownLatch(1);
    QueueWorker worker =
        millrace.worker(
            4,
            TestHandler.of("test.does", (number, context) -> Outcome.done()),
            TestHandler.of(
                "test.fails",
                (number, context) -> {
                  throw new UnretryableException("no");
                }),
            TestHandler.of(
                "test.tries",
                (number, context) -> {
                  if (context.attempt() == 1) {
                    throw new IllegalStateException("not yet");
                  }
                  return Outcome.done();
                }),
            TestHandler.of(
                "test.parent",
                (number, context) -> Outcome.waitFor(List.of(job("test.does", 99)), "")),
            TestHandler.of(
                "test.commits",
                (number, context) ->
                    context.inTransaction(
                        handle -> {
                          context.completeIn(handle, "done");
                          return Outcome.done();
                        })),
            TestHandler.of(
                "test.hangs",
                (number, context) -> {
                  running.countDown();
                  Thread.sleep(60_000);
                  return Outcome.done();
                }));
    long hanging = millrace.client.enqueue(job("test.hangs", 0)).jobId();
    IntStream.range(0, 700).forEach(number -> millrace.client.enqueue(job("test.does", number)));
    millrace.client.enqueue(job("test.fails", 1));
    millrace.client.enqueue(job("test.tries", 1));
    millrace.client.enqueue(job("test.parent", 1));
    millrace.client.enqueue(job("test.commits", 1));
    await().until(() -> running.getCount() == 0);
    millrace.own.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET cancel_requested_at = clock_timestamp() WHERE id = ?",
                hanging));
    await()
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.jobs WHERE finished_at IS NULL")
                    == 0);
    worker.close();
    String expected =
        """
        * * cancelled 1
        * * completed 704
        * * failed 1
        * * retried 1
        default test.commits completed 1
        default test.does completed 701
        default test.fails failed 1
        default test.hangs cancelled 1
        default test.parent completed 1
        default test.tries completed 1
        default test.tries retried 1""";
    assertThat(counted("job_minutes")).isEqualTo(expected);
    assertThat(counted("job_hours")).isEqualTo(expected);
    for (String table : List.of("job_minutes", "job_hours")) {
      for (String buckets : List.of("waits", "runs")) {
        assertThat(
                millrace.count(
                    "SELECT count(*) FROM millrace."
                        + table
                        + " WHERE jobs <> (SELECT sum(n) FROM unnest("
                        + buckets
                        + ") n)"))
            .as("each attempt is in one of the %s of %s", buckets, table)
            .isZero();
      }
    }
  }

  @Test
  void a_job_waits_from_when_it_is_due_until_it_begins() {
    millrace.own.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO millrace.jobs (kind, payload, created_at, run_at) VALUES"
                    + " ('test.does', '{\"number\": 1}', clock_timestamp() - interval '1 day', clock_timestamp() - interval '100 s'),"
                    + " ('test.does', '{\"number\": 2}', clock_timestamp() - interval '5 s', clock_timestamp() - interval '1 day')"));
    QueueWorker worker =
        millrace.worker(
            1,
            TestHandler.of(
                "test.does",
                (number, context) -> {
                  Thread.sleep(40);
                  return Outcome.done();
                }));
    await()
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.jobs WHERE state = 'completed'")
                    == 2);
    worker.close();
    long[] waits = buckets("waits");
    assertThat(waits[bucket(100_000)]).as("100 s since it was due").isEqualTo(1);
    assertThat(waits[bucket(5_000)] + waits[bucket(8_200)])
        .as("5 s since it was made, and what the first took")
        .isEqualTo(1);
    assertThat(IntStream.range(0, bucket(40)).mapToLong(i -> buckets("runs")[i]).sum())
        .as("none ran for less than 40 ms")
        .isZero();
  }

  private static int bucket(long millis) {
    return AttemptCounts.bucket(Duration.ofMillis(millis));
  }

  private long[] buckets(String column) {
    long[] found = new long[28];
    millrace.own.useHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT n - 1, sum(c) FROM millrace.job_minutes, unnest("
                        + column
                        + ") WITH ORDINALITY u (c, n) WHERE kind = '*' GROUP BY n")
                .map((row, context) -> found[row.getInt(1)] = row.getLong(2))
                .list());
    return found;
  }

  @Test
  void the_buckets_are_powers_of_two_of_a_millisecond() {
    assertThat(AttemptCounts.bucket(Duration.ofNanos(999_999))).isZero();
    assertThat(bucket(1)).isEqualTo(1);
    assertThat(bucket(2)).isEqualTo(2);
    assertThat(bucket(3)).isEqualTo(2);
    assertThat(bucket(4)).isEqualTo(3);
    assertThat(bucket(1 << 26)).isEqualTo(27);
    assertThat(bucket(Long.MAX_VALUE / 1_000_000)).isEqualTo(27);
    assertThat(bucket(-5)).as("a clock that was set back").isZero();
  }

  private boolean add(String writer, long number, String ago) {
    return millrace.own.withHandle(
        handle ->
            handle
                .select(
                    "SELECT millrace.add_job_counts(?, ?, ?::interval, '[{\"queue\": \"default\", \"kind\": \"k\","
                        + " \"outcome\": \"completed\", \"jobs\": 3, \"waits\": [1, 2], \"runs\": [0, 0, 3]}]')",
                    writer,
                    number,
                    ago)
                .mapTo(Boolean.class)
                .one());
  }

  @Test
  void a_batch_that_is_sent_twice_is_counted_once() {
    assertThat(add("a", 1, "0")).isTrue();
    assertThat(add("a", 1, "0")).isFalse();
    assertThat(add("a", 2, "0")).isTrue();
    assertThat(add("a", 1, "0")).as("an older one that was on its way").isFalse();
    assertThat(add("b", 1, "0")).as("of another writer").isTrue();
    assertThat(counted("job_minutes")).isEqualTo("default k completed 9");
    assertThat(millrace.text("SELECT waits || runs FROM millrace.job_hours"))
        .isEqualTo("{3,6,0,0,9}");
  }

  @Test
  void a_batch_counts_for_the_minute_and_the_hour_in_which_it_began() {
    add("a", 1, "30 minutes");
    add("a", 2, "1 day");
    add("a", 3, "-1 day");
    assertThat(
            millrace.text(
                "SELECT string_agg(round(extract(epoch FROM now() - at) / 60)::text, ' ' ORDER BY at) FROM millrace.job_minutes"))
        .as("minutes ago: an hour at most, and never in the future")
        .matches("6[01] 3[01] [01]");
    assertThat(
            millrace.count(
                "SELECT count(*) FROM millrace.job_hours WHERE at <> date_trunc('hour', at, 'UTC')"))
        .isZero();
  }

  @Test
  void what_postgres_refuses_is_written_later_and_once() {
    AttemptCounts counts = new AttemptCounts(millrace.own, "default");
    counts.count(attempt("test.a"), AttemptCounts.End.COMPLETED);
    execute("ALTER TABLE millrace.job_hours RENAME TO gone");
    assertThatThrownBy(counts::write).isInstanceOf(RuntimeException.class);
    counts.count(attempt("test.a"), AttemptCounts.End.COMPLETED);
    counts.count(attempt("test.b"), AttemptCounts.End.FAILED);
    assertThatThrownBy(counts::write).isInstanceOf(RuntimeException.class);
    execute("ALTER TABLE millrace.gone RENAME TO job_hours");
    counts.write();
    counts.write();
    assertThat(counted("job_hours"))
        .isEqualTo(
            """
            * * completed 2
            * * failed 1
            default test.a completed 2
            default test.b failed 1""");
  }

  @Test
  void kinds_beyond_the_most_are_counted_as_one() {
    AttemptCounts counts = new AttemptCounts(millrace.own, "default");
    for (int kind = 0; kind < AttemptCounts.MOST_KINDS + 50; kind++) {
      counts.count(attempt("test.k" + kind), AttemptCounts.End.COMPLETED);
    }
    counts.write();
    assertThat(
            millrace.count(
                "SELECT jobs FROM millrace.job_minutes WHERE kind = ?", AttemptCounts.OTHER))
        .isEqualTo(50);
    assertThat(millrace.count("SELECT count(DISTINCT kind) FROM millrace.job_minutes"))
        .as("with (other) and *")
        .isEqualTo(AttemptCounts.MOST_KINDS + 2);
    assertThat(millrace.count("SELECT jobs FROM millrace.job_minutes WHERE kind = '*'"))
        .isEqualTo(AttemptCounts.MOST_KINDS + 50);
  }

  private Attempt attempt(String kind) {
    return millrace.attempt(
        new ClaimedJob(
            1,
            kind,
            "default",
            "{}",
            0,
            1,
            3,
            1,
            "w",
            null,
            null,
            null,
            "api",
            false,
            null,
            null,
            Duration.ofMillis(7)));
  }

  private void execute(String sql) {
    millrace.own.useHandle(handle -> handle.execute(sql));
  }
}
