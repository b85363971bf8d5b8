package dev.millrace.mv.job;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.millrace.job.JobHandler;
import dev.millrace.job.NewJob;
import dev.millrace.json.Json;
import dev.millrace.testing.LogLines;
import dev.millrace.worker.WorkerFixture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The lines that the users of the requirement search for. */
class RefreshLogTest {
  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5));
  private final LogLines logged = new LogLines("dev.millrace");
  private final RefreshLog log = new RefreshLog();

  @BeforeEach
  void start() {
    millrace.worker(1, MvHandlers.all(millrace.work, 3, log).toArray(JobHandler<?>[]::new));
    millrace.jdbi.useHandle(
        handle ->
            List.of(
                    "CREATE MATERIALIZED VIEW public.mv_feed AS SELECT n FROM generate_series(1, 30) n",
                    "CREATE OR REPLACE FUNCTION public.touch() RETURNS void LANGUAGE sql AS ''",
                    "SELECT millrace.register_view('public.touch()')")
                .forEach(handle::execute));
  }

  @AfterEach
  void close() {
    logged.close();
    millrace.close();
  }

  /** Returns when the job has ended and its line is written, which comes after the commit. */
  private void refresh(String view, int attempts) {
    long before = linesAbout(view);
    long job =
        millrace
            .client
            .enqueue(
                NewJob.of("mv.refresh", Json.write(Map.of("views", List.of(view))))
                    .withMaxAttempts(attempts))
            .jobId();
    await()
        .until(
            () -> millrace.state(job).equals("completed") || millrace.state(job).equals("failed"));
    await().until(() -> linesAbout(view) > before);
  }

  private long linesAbout(String view) {
    return lines().filter(line -> line.startsWith("[") && line.contains(view)).count();
  }

  private Stream<String> lines() {
    return logged.lines().stream();
  }

  private List<ILoggingEvent> warnings() {
    return logged.events().stream()
        .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
        .toList();
  }

  @Test
  void the_start_block_names_the_limits_of_refreshes() {
    assertThat(lines())
        .contains(
            "     MATERIALIZED VIEW REFRESH WORKER STARTED",
            "[PERFORMANCE] MV refresh worker started - processing queue every 1s")
        .anyMatch(line -> line.startsWith("  Poll Interval:        1s"))
        .anyMatch(line -> line.startsWith("  Max Workers:          3"))
        .anyMatch(line -> line.startsWith("  Debounce Window:      5s"));
  }

  @Test
  void a_refresh_is_logged_with_its_rows_and_its_time() {
    refresh("public.mv_feed", 1);
    refresh("public.touch()", 1);
    assertThat(lines())
        .anyMatch(line -> line.matches("\\[OK] Refreshed public.mv_feed: 30 rows in \\d+ms, plain"))
        .anyMatch(line -> line.matches("\\[OK] Refreshed public.touch\\(\\) in \\d+ms, function"));
    assertThat(warnings()).isEmpty();
  }

  @Test
  void a_failed_refresh_is_one_warning_without_a_stack_trace() {
    millrace.jdbi.useHandle(
        handle ->
            handle.execute(
                "CREATE OR REPLACE FUNCTION public.touch() RETURNS void LANGUAGE sql AS 'SELECT 1 / (random() * 0)::int'"));
    refresh("public.touch()", 1);
    refresh("public.no_such_view", 1);
    assertThat(warnings())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line.getThrowableProxy()).isNull());
    assertThat(warnings().stream().map(ILoggingEvent::getFormattedMessage))
        .anyMatch(
            line ->
                line.matches("\\[FAIL] Failed to refresh public.touch\\(\\): .*division by zero.*"))
        .anyMatch(
            line -> line.startsWith("[FAIL] Failed to refresh public.no_such_view: there is no"));
  }

  @Test
  void the_sums_are_those_of_the_refreshes_and_are_printed_once() {
    refresh("public.mv_feed", 1);
    refresh("public.mv_feed", 1);
    refresh("public.no_such_view", 1);
    log.printSums();
    log.printSums();
    assertThat(lines().filter(line -> line.contains("MV REFRESH WORKER STATISTICS"))).hasSize(1);
    assertThat(lines())
        .contains(
            "  Successful:           2",
            "  Failed:               1",
            "  Success Rate:         66.7%")
        .anyMatch(line -> line.startsWith("  Total Refreshes:      3"))
        .anyMatch(line -> line.matches("  Avg Duration:         \\d+ms"))
        .anyMatch(line -> line.matches("  Uptime:               0\\.\\d minutes"));
  }

  @Test
  void the_average_is_of_the_successful_refreshes_only() {
    assertThat(new RefreshLog.Sums(15, 0, 3_510, Duration.ofSeconds(312)).lines())
        .contains(
            "  Successful:           15",
            "  Success Rate:         100.0%",
            "  Avg Duration:         234ms",
            "  Uptime:               5.2 minutes");
  }
}
