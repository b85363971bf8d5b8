package dev.millrace.api.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.MillraceException;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.health.Health;
import dev.millrace.status.JobCounts;
import dev.millrace.status.SchedulerStatus;
import dev.millrace.status.Sight;
import dev.millrace.status.Status;
import dev.millrace.status.TransactionSnapshot;
import dev.millrace.sync.Ingestion;
import dev.millrace.sync.SyncState;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How many looks are taken, and what is shown when none succeeds. */
class SnapshotsTest {
  private final AtomicInteger looks = new AtomicInteger();
  private volatile String sees = "10:10:";
  private volatile Map<String, TransactionSnapshot> earlier = Map.of();
  private final AtomicBoolean away = new AtomicBoolean();
  private final AtomicBoolean defect = new AtomicBoolean();

  private Status snapshot() {
    looks.incrementAndGet();
    if (away.get()) {
      throw new MillraceException(
          "no status", new SQLTransientConnectionException("connection refused"));
    }
    if (defect.get()) {
      throw new NullPointerException("a defect");
    }
    Instant now = Instant.now();
    return new Status(
        now,
        true,
        new Ingestion(
            SyncState.IDLE,
            null,
            null,
            null,
            Instant.EPOCH,
            List.of(),
            List.of(),
            "pending",
            null,
            null),
        List.of(),
        List.of(),
        new JobCounts(Map.of(), Set.of()),
        List.of(),
        List.of(),
        List.of(),
        new SchedulerStatus(null, null, null, List.of()),
        List.of(),
        List.of(),
        List.of(),
        new Sight(TransactionSnapshot.ofPostgres(sees), earlier));
  }

  @Test
  void many_pollers_share_one_read_a_second() {
    ExecutorService pollers = Executors.newFixedThreadPool(50);
    try (Snapshots snapshots = new Snapshots(this::snapshot, new Health())) {
      long start = System.nanoTime();
      for (int i = 0; i < 50; i++) {
        pollers.execute(
            () -> {
              while (System.nanoTime() - start < Duration.ofMillis(2500).toNanos()) {
                snapshots.current();
              }
            });
      }
      await().until(() -> System.nanoTime() - start > Duration.ofMillis(2600).toNanos());

      assertThat(looks.get()).isBetween(2, 3);
    } finally {
      pollers.shutdownNow();
    }
  }

  @Test
  void without_requests_nothing_is_read() {
    try (Snapshots snapshots = new Snapshots(this::snapshot, new Health())) {
      snapshots.current();
      await().during(Duration.ofMillis(1500)).until(() -> looks.get() == 1);
    }
  }

  @Test
  void a_failed_first_read_is_a_503() {
    away.set(true);
    try (Snapshots snapshots = new Snapshots(this::snapshot, new Health())) {
      assertThatThrownBy(snapshots::current)
          .isInstanceOfSatisfying(
              ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(503));
    }
  }

  @Test
  void the_last_status_is_degraded_until_a_read_succeeds_again() {
    try (Snapshots snapshots = new Snapshots(this::snapshot, new Health())) {
      String tag = snapshots.current().whole().tag();
      away.set(true);

      await().until(() -> snapshots.current().degraded().equals(List.of("postgres")));
      assertThat(snapshots.current().whole().tag()).isNotEqualTo(tag);

      away.set(false);
      await().until(() -> snapshots.current().degraded().isEmpty());
      assertThat(snapshots.current().whole().tag()).isEqualTo(tag);
    }
  }

  @Test
  void a_defect_is_not_called_postgres_and_keeps_its_trace_id() {
    try (Snapshots snapshots = new Snapshots(this::snapshot, new Health())) {
      snapshots.current();
      defect.set(true);

      List<String> first =
          await().until(() -> snapshots.current().degraded(), degraded -> !degraded.isEmpty());
      int looksThen = looks.get();
      await().until(() -> !snapshots.current().degraded().isEmpty() && looks.get() > looksThen);

      assertThat(first).singleElement().asString().matches("internal:[0-9a-f]{32}");
      assertThat(snapshots.current().degraded()).isEqualTo(first);
      away.set(true);
      await().until(() -> snapshots.current().degraded().equals(List.of("postgres")));
    }
  }

  @Test
  void a_defect_in_the_first_read_is_a_500_with_its_trace_id() {
    defect.set(true);
    try (Snapshots snapshots = new Snapshots(this::snapshot, new Health())) {
      assertThatThrownBy(snapshots::current)
          .isInstanceOfSatisfying(
              ProblemException.class,
              e -> {
                assertThat(e.problem().status()).isEqualTo(500);
                assertThat(e.problem().more()).containsKey("trace_id");
              });
    }
  }

  @Test
  void a_read_that_hangs_delays_no_request() {
    CountDownLatch hang = new CountDownLatch(1);
    try (Snapshots snapshots =
        new Snapshots(
            () -> {
              if (looks.get() > 0) {
                CompletableFuture.runAsync(() -> awaitOpen(hang)).join();
              }
              return snapshot();
            },
            new Health())) {
      snapshots.current();
      long start = System.nanoTime();
      await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> snapshots.current().degraded().equals(List.of("postgres")));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(3));
    } finally {
      hang.countDown();
    }
  }

  private static Optional<TransactionSnapshot> change(String text) {
    return Optional.of(TransactionSnapshot.ofPostgres(text));
  }

  @Test
  void requests_that_wait_for_a_change_share_one_read() {
    try (Snapshots snapshots = new Snapshots(this::snapshot, new Health())) {
      snapshots.current();
      sees = "12:12:";
      List<CompletableFuture<Shown>> shown = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        shown.add(snapshots.newest(change("11:11:")));
      }
      for (CompletableFuture<Shown> one : shown) {
        assertThat(one.join().snapshot().status().sight().includes(change("11:11:").get()))
            .isTrue();
        assertThat(one.join().behind()).isEmpty();
      }
      assertThat(looks.get()).isEqualTo(2);
      assertThat(snapshots.newest(change("12:12:"))).isDone();
    }
  }

  @Test
  void changes_cause_ten_reads_a_second_at_most() {
    try (Snapshots snapshots = new Snapshots(this::snapshot, new Health())) {
      snapshots.current();
      long start = System.nanoTime();
      for (int i = 0; i < 12; i++) {
        snapshots.changed();
        assertThat(snapshots.newest(Optional.empty()).join().behind()).isEmpty();
      }
      assertThat(looks.get()).isEqualTo(13);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Snapshots.EXTRA.multipliedBy(11));
    }
  }

  @Test
  void a_change_of_another_database_is_answered_with_a_read_of_after_the_request() {
    try (Snapshots snapshots = new Snapshots(this::snapshot, new Health())) {
      snapshots.current();

      Shown shown = snapshots.newest(change("900000:900000:")).join();

      assertThat(looks.get()).isEqualTo(2);
      assertThat(shown.behind()).isEmpty();
    }
  }

  @Test
  void a_part_that_was_read_before_the_change_is_named() {
    earlier = Map.of("jobs", TransactionSnapshot.ofPostgres("9:9:"));
    try (Snapshots snapshots = new Snapshots(this::snapshot, new Health())) {
      assertThat(snapshots.newest(change("10:10:")).join().behind()).containsExactly("behind:jobs");
      assertThat(snapshots.newest(change("9:9:")).join().behind()).isEmpty();
    }
  }

  @Test
  void a_status_that_cannot_be_read_anew_is_said_to_be_behind() {
    CountDownLatch hang = new CountDownLatch(1);
    try (Snapshots snapshots =
        new Snapshots(
            () -> {
              if (looks.get() > 0) {
                CompletableFuture.runAsync(() -> awaitOpen(hang)).join();
              }
              return snapshot();
            },
            new Health())) {
      snapshots.current();

      assertThat(snapshots.newest(change("11:11:")).join().behind()).containsExactly("behind");
    } finally {
      hang.countDown();
    }
  }

  @Test
  void while_reads_fail_the_last_status_is_said_to_be_behind_at_once() {
    try (Snapshots snapshots = new Snapshots(this::snapshot, new Health())) {
      snapshots.current();
      away.set(true);

      Shown waited = snapshots.newest(change("11:11:")).join();
      assertThat(waited.behind()).containsExactly("behind");
      assertThat(waited.snapshot().degraded()).containsExactly("postgres");
      assertThat(snapshots.newest(change("11:11:"))).isDone();
    }
  }

  private static void awaitOpen(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
