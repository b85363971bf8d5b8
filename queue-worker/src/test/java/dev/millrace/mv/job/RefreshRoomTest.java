package dev.millrace.mv.job;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.JobOptions;
import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.job.Trigger;
import dev.millrace.json.Json;
import dev.millrace.mv.Views;
import dev.millrace.worker.WorkerFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Refreshes wait in the queue while all slots for refreshes are taken. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefreshRoomTest {
  private static final int AT_ONCE = 3;
  private static final String GATE = "SELECT pg_advisory_lock(4711)";

  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5));
  private final Views views = new Views(millrace.jdbi, millrace.client);

  @BeforeAll
  void start() {
    List<JobHandler<?>> handlers = new ArrayList<>(MvHandlers.all(millrace.jdbi, AT_ONCE));
    handlers.add(new Noop());
    millrace.worker(8, handlers.toArray(JobHandler<?>[]::new));
  }

  @BeforeEach
  void nine_views_that_wait_at_a_gate() {
    execute("DELETE FROM millrace.jobs", "DELETE FROM millrace.mv_views");
    for (int n = 1; n <= 9; n++) {
      execute(
          "DROP MATERIALIZED VIEW IF EXISTS public.gated_" + n,
          "CREATE MATERIALIZED VIEW public.gated_"
              + n
              + " AS SELECT pg_advisory_xact_lock_shared(4711)::text AS passed WITH NO DATA",
          "SELECT millrace.register_view('gated_" + n + "')");
    }
  }

  @AfterAll
  void close() {
    millrace.close();
  }

  @Test
  void nine_requested_refreshes_leave_five_of_eight_threads_free() {
    List<Long> refreshes = new ArrayList<>();
    try (Handle gate = millrace.jdbi.open()) {
      gate.execute(GATE);
      for (int n = 1; n <= 9; n++) {
        refreshes.add(views.refresh("gated_" + n, Trigger.MANUAL).orElseThrow().jobId());
      }
      await().until(() -> atTheGate() == AT_ONCE);
      long noop = millrace.client.enqueue(NewJob.of(Noop.KIND.name(), "{}")).jobId();
      await().until(() -> millrace.state(noop).equals("completed"));
      assertThat(processing()).isEqualTo(AT_ONCE);
      gate.execute("SELECT pg_advisory_unlock(4711)");
    }
    for (long job : refreshes) {
      await().until(() -> millrace.state(job).equals("completed"));
    }
  }

  @Test
  void a_refresh_without_a_limit_key_spends_no_thread_and_no_attempt() {
    try (Handle gate = millrace.jdbi.open()) {
      gate.execute(GATE);
      for (int n = 1; n <= AT_ONCE; n++) {
        assertThat(views.refresh("gated_" + n, Trigger.MANUAL)).isPresent();
      }
      await().until(() -> atTheGate() == AT_ONCE);
      long other =
          millrace
              .client
              .enqueue(
                  NewJob.of("mv.refresh", payload("gated_4", "gated_5"))
                      .withMaxAttempts(1)
                      .with(JobOptions.NONE.limitedTo(new JobOptions.Limit("of its own", 9))))
              .jobId();
      await()
          .until(
              () ->
                  millrace.count(
                          "SELECT count(*) FROM millrace.jobs"
                              + " WHERE id = ? AND state = 'scheduled' AND attempt = 0 AND fence > 0",
                          other)
                      == 1);
      gate.execute("SELECT pg_advisory_unlock(4711)");
      await().until(() -> millrace.state(other).equals("completed"));
    }
  }

  @Test
  void refreshes_are_limited_for_every_way_to_enqueue() {
    execute(
        "SELECT millrace.enqueue('mv.refresh', '{\"views\": [\"gated_1\"]}', delay => '1 hour')",
        "INSERT INTO millrace.jobs (kind, payload, state, run_at)"
            + " VALUES ('mv.refresh', '{}', 'scheduled', now() + interval '1 hour')");
    NewJob later = NewJob.of("mv.refresh", payload("gated_2")).after(Duration.ofHours(1));
    millrace.client.enqueue(later);
    millrace.client.enqueue(later.withUniqueKey("u"));
    millrace.client.enqueueAll(List.of(later, later));
    assertThat(
            millrace.count(
                "SELECT count(*) FROM millrace.jobs"
                    + " WHERE kind = 'mv.refresh' AND limit_key = 'mv.refresh' AND limit_max = 3"))
        .isEqualTo(6);
  }

  @Test
  void a_view_may_take_hours_within_its_statement_timeout() {
    execute("SELECT millrace.register_view('gated_1', statement_timeout => '2 hours')");
    try (Handle gate = millrace.jdbi.open()) {
      gate.execute(GATE);
      long job = views.refresh("gated_1", Trigger.MANUAL).orElseThrow().jobId();
      assertThat(millrace.text("SELECT run_timeout FROM millrace.jobs WHERE id = ?", job))
          .isEqualTo("02:30:00");
      await().until(() -> atTheGate() == 1);
      gate.execute("SELECT pg_advisory_unlock(4711)");
      await().until(() -> millrace.state(job).equals("completed"));
    }
  }

  private long atTheGate() {
    return millrace.count(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            + " AND wait_event = 'advisory' AND query LIKE 'REFRESH%'");
  }

  private long processing() {
    return millrace.count(
        "SELECT count(*) FROM millrace.jobs WHERE kind = 'mv.refresh' AND state = 'processing'");
  }

  private static String payload(String... names) {
    return Json.write(Map.of("views", names));
  }

  private void execute(String... statements) {
    millrace.jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }

  /** Does nothing. */
  private static final class Noop implements JobHandler<Noop.Nothing> {
    static final JobKind<Nothing> KIND = JobKind.of("test.nothing", Nothing.class);

    record Nothing() {}

    @Override
    public JobKind<Nothing> kind() {
      return KIND;
    }

    @Override
    public Outcome run(Nothing payload, JobContext context) {
      return Outcome.done();
    }
  }
}
