package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.throughput.Throughput;
import dev.millrace.throughput.ThroughputReader;
import dev.millrace.throughput.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThroughputTest {
  private final ApiFixture millrace = new ApiFixture();
  private final ThroughputReader reader = new ThroughputReader(millrace.database.jdbi());

  @AfterEach
  void close() {
    millrace.close();
  }

  private int batches;

  /** Counts as a queue worker does, some minutes ago: 1 h at most. */
  private void count(int minutesAgo, String kind, String outcome, int jobs, int wait, int run) {
    String row =
        "{\"queue\": \"%s\", \"kind\": \"%s\", \"outcome\": \"%s\", \"jobs\": %d, \"waits\": %s, \"runs\": %s}";
    String waits = buckets(wait, jobs);
    String runs = buckets(run, jobs);
    millrace.jdbi.useHandle(
        handle ->
            handle
                .select(
                    "SELECT millrace.add_job_counts('test', ?, ? * interval '1 minute', ?::jsonb)",
                    ++batches,
                    minutesAgo,
                    "["
                        + row.formatted("default", kind, outcome, jobs, waits, runs)
                        + ","
                        + row.formatted("*", "*", outcome, jobs, waits, runs)
                        + "]")
                .mapTo(Boolean.class)
                .one());
  }

  private static String buckets(int bucket, int jobs) {
    return IntStream.rangeClosed(0, bucket)
        .mapToObj(i -> i == bucket ? jobs : 0)
        .toList()
        .toString();
  }

  @Test
  void an_installation_without_jobs_has_points_and_no_times() {
    for (String window : TimeWindow.texts()) {
      JsonNode answer = millrace.get("/api/admin/throughput?window=" + window).json();
      assertThat(answer.get("window").asText()).isEqualTo(window);
      assertThat(answer.get("points").size())
          .isBetween(
              switch (window) {
                case "15m" -> 15;
                case "1h" -> 60;
                case "24h" -> 23 * 4 + 1;
                default -> 168;
              },
              switch (window) {
                case "15m" -> 15;
                case "1h" -> 60;
                case "24h" -> 96;
                default -> 168;
              });
      assertThat(answer.get("totals").get("waited").isNull()).isTrue();
      assertThat(answer.get("totals").get("ends").get("completed").asLong()).isZero();
      assertThat(answer.get("kinds")).isEmpty();
      assertThat(answer.get("oldest_waiting").isNull()).isTrue();
      assertThat(answer.get("marks")).isEmpty();
    }
    assertThat(millrace.get("/api/admin/throughput").json().get("window").asText()).isEqualTo("1h");
    assertThat(millrace.get("/api/admin/throughput?window=2h").status()).isEqualTo(400);
  }

  @Test
  void each_count_is_in_its_minute_and_in_the_sums() {
    count(0, "mail.send", "completed", 10, 3, 8);
    count(2, "mail.send", "completed", 5, 3, 8);
    count(2, "mail.send", "failed", 2, 3, 1);
    count(2, "mv.refresh", "retried", 1, 0, 12);
    Throughput answer = reader.read(TimeWindow.QUARTER);
    assertThat(answer.totals().ends()).isEqualTo(new Throughput.Ends(15, 2, 1, 0));
    List<Throughput.Point> busy =
        answer.points().stream().filter(point -> point.waited() != null).toList();
    assertThat(busy).hasSize(2);
    assertThat(busy.get(0).ends()).isEqualTo(new Throughput.Ends(5, 2, 1, 0));
    assertThat(busy.get(1).ends()).isEqualTo(new Throughput.Ends(10, 0, 0, 0));
    assertThat(Duration.between(busy.get(0).at(), busy.get(1).at()))
        .isEqualTo(Duration.ofMinutes(2));
    assertThat(answer.kinds())
        .extracting(Throughput.KindCounts::kind)
        .containsExactly("mail.send", "mv.refresh");
    assertThat(answer.kinds().get(0).ended().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(17);
    assertThat(answer.failures())
        .containsExactly(
            new Throughput.KindFailures("mail.send", 2, 0, 17),
            new Throughput.KindFailures("mv.refresh", 0, 1, 1));
    for (TimeWindow longer : List.of(TimeWindow.HOUR, TimeWindow.DAY, TimeWindow.WEEK)) {
      assertThat(reader.read(longer).totals()).as(longer.text()).isEqualTo(answer.totals());
      assertThat(reader.read(longer).kinds().get(0).ends()).isEqualTo(answer.kinds().get(0).ends());
    }
  }

  @Test
  void half_95_and_99_percent_are_below_the_times_that_are_shown() {
    count(0, "k", "completed", 90, 3, 0);
    count(0, "k", "completed", 9, 10, 27);
    count(0, "k", "completed", 1, 20, 27);
    Throughput.Totals totals = reader.read(TimeWindow.HOUR).totals();
    var wait = Objects.requireNonNull(totals.waited());
    assertThat(wait.p50Ms()).as("in the bucket from 4 to 8 ms").isBetween(4.0, 8.0);
    assertThat(wait.p95Ms()).as("in that from 512 to 1,024 ms").isBetween(512.0, 1024.0);
    assertThat(wait.p99Ms()).isBetween(wait.p95Ms(), 1024.0);
    var run = Objects.requireNonNull(totals.ran());
    assertThat(run.p50Ms()).as("below 1 ms").isBetween(0.0, 1.0);
    assertThat(run.p99Ms()).as("the last bucket has no end").isEqualTo(1 << 26);
    assertThat(totals.waits()).hasSize(28).contains(90L, 9L, 1L);
  }

  @Test
  void what_is_older_than_the_window_is_not_in_it() {
    count(59, "k", "completed", 1, 0, 0);
    count(30, "k", "completed", 1, 0, 0);
    assertThat(reader.read(TimeWindow.QUARTER).totals().ends())
        .isEqualTo(new Throughput.Ends(0, 0, 0, 0));
    assertThat(reader.read(TimeWindow.QUARTER).kinds()).isEmpty();
    assertThat(reader.read(TimeWindow.HOUR).totals().ends().completed()).isEqualTo(2);
  }

  @Test
  void the_kinds_with_the_most_are_listed_and_all_are_counted() {
    for (int kind = 1; kind <= 30; kind++) {
      count(0, "k" + kind, "completed", kind, 0, 0);
    }
    count(0, "rare", "failed", 1, 0, 0);
    Throughput answer = reader.read(TimeWindow.HOUR);
    assertThat(answer.kinds()).hasSize(12);
    assertThat(answer.kinds().get(0).kind()).isEqualTo("k30");
    assertThat(answer.kindsInAll()).isEqualTo(31);
    assertThat(answer.totals().ends().completed()).isEqualTo(30 * 31 / 2);
    assertThat(answer.failures()).extracting(Throughput.KindFailures::kind).containsExactly("rare");
  }

  @Test
  void the_oldest_waiting_job_is_found_in_every_queue_kind_and_priority() {
    millrace.jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO millrace.jobs (kind, queue, priority, created_at, run_at)"
                    + " SELECT 'k' || i % 7, 'q' || i % 3, i % 5, now() - i * interval '1 second', now() - i * interval '1 second'"
                    + " FROM generate_series(500, 1, -1) i"));
    Throughput.OldestWaiting oldest =
        Objects.requireNonNull(reader.read(TimeWindow.HOUR).oldestWaiting());
    assertThat(Duration.between(oldest.dueAt(), Instant.now()).toSeconds()).isBetween(499L, 560L);
    assertThat(
            millrace.get("/api/admin/throughput").json().at("/oldest_waiting/job_id").isTextual())
        .isTrue();
  }

  private void worker(String id, String release, String started, String heard) {
    millrace.jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO millrace.queue_workers (worker_id, name, host, pid, queues, kinds, concurrency, release, started_at, heartbeat_at, lease_until)"
                    + " VALUES (?, ?, 'h', 1, '{default}', '{k}', 1, ?, now() - ?::interval, now() - ?::interval, now() - ?::interval)",
                id,
                id,
                release,
                started,
                heard,
                heard));
  }

  @Test
  void deploys_and_pauses_are_marked_once() {
    worker("a1", "r1", "50 min", "20 min");
    worker("b1", "r1", "49 min", "19 min");
    worker("a2", "r2", "20 min", "0 s");
    worker("b2", "r2", "19 min", "0 s");
    worker("b3", "r2", "10 min", "0 s");
    worker("c4", "r1", "1 min", "0 s");
    millrace.post(
        "/api/admin/pauses", "{\"kind\": \"mail.send\", \"reason\": \"the server is down\"}");
    millrace.send(millrace.request("/api/admin/pauses?kind=mail.send").DELETE());
    millrace.send(millrace.request("/api/admin/pauses?kind=mail.send").DELETE());
    JsonNode marks = millrace.get("/api/admin/throughput").json().get("marks");
    assertThat(
            StreamSupport.stream(marks.spliterator(), false)
                .map(mark -> mark.get("type").asText() + " " + mark.get("subject").asText()))
        .as("the release of the first processes is no change; going back to it is one")
        .containsExactly(
            "deploy r2",
            "deploy r1",
            "pause queue * kind mail.send",
            "resume queue * kind mail.send");
  }

  @Test
  void an_answer_is_given_again_while_it_is_fresh() {
    JsonNode first = millrace.get("/api/admin/throughput?window=7d").json();
    count(0, "k", "completed", 1, 0, 0);
    assertThat(millrace.get("/api/admin/throughput?window=7d").json()).isEqualTo(first);
    assertThat(
            millrace
                .get("/api/admin/throughput?window=24h")
                .json()
                .at("/totals/ends/completed")
                .asInt())
        .isEqualTo(1);
  }
}
