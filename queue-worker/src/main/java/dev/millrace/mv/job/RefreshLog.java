package dev.millrace.mv.job;

import dev.millrace.metrics.Time;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a process says of the refreshes that it does, in the words of the requirement: a block at
 * its start, a line for each refresh, and its sums. Sums count from the start of the process, and
 * the refreshes of this process alone. Thread-safe.
 */
public final class RefreshLog {
  private static final Logger log = LoggerFactory.getLogger(RefreshLog.class);
  private static final String RULE = "=".repeat(62);

  /** What {@code millrace.register_view} gives a view that asks for nothing else. */
  private static final String DEBOUNCE = "5s";

  /** How often the leading scheduler reads the requests. */
  private static final String POLL = "1s";

  private final long startedAt = System.nanoTime();
  private long succeeded;
  private long failed;
  private long milliseconds;
  private long printed;

  /** Says that this process refreshes views, and under which limits. */
  void started(int atOnce) {
    print(
        Stream.of(
            RULE,
            "     MATERIALIZED VIEW REFRESH WORKER STARTED",
            RULE,
            setting("Poll Interval:", POLL + " (requests, by the scheduler that leads)"),
            setting("Max Workers:", atOnce + " (refreshes at once, over all processes)"),
            setting("Debounce Window:", DEBOUNCE + " (of a view that has none of its own)"),
            RULE,
            "[PERFORMANCE] MV refresh worker started - processing queue every " + POLL));
  }

  void refreshed(Refreshed refreshed) {
    if (refreshed.mode().equals(Refreshed.NOT_NEEDED)) {
      return;
    }
    synchronized (this) {
      succeeded++;
      milliseconds += refreshed.durationMs();
    }
    Time.REFRESH.record(Duration.ofMillis(refreshed.durationMs()), refreshed.view(), "success");
    @Nullable Long rows = refreshed.rows();
    String what = rows == null ? " in " : ": " + rows + " rows in ";
    log.info(
        "[OK] Refreshed {}{}{}ms, {}",
        refreshed.view(),
        what,
        refreshed.durationMs(),
        refreshed.mode());
  }

  /** The one warning about a failed refresh. */
  void failed(Failures.Failure failure, long job) {
    synchronized (this) {
      failed++;
    }
    Time.REFRESH.record(failure.took(), failure.view(), "error");
    log.atWarn()
        .addKeyValue("job", job)
        .addKeyValue("duration_ms", failure.took().toMillis())
        .log("[FAIL] Failed to refresh {}: {}", failure.view(), oneLine(failure.error()));
  }

  /** Prints the sums, if a refresh has ended since they were printed last. */
  public void printSums() {
    Sums sums;
    synchronized (this) {
      if (succeeded + failed == printed) {
        return;
      }
      printed = succeeded + failed;
      sums =
          new Sums(
              succeeded, failed, milliseconds, Duration.ofNanos(System.nanoTime() - startedAt));
    }
    print(sums.lines());
  }

  /**
   * The refreshes of a process.
   *
   * @param milliseconds that the successful ones took together
   */
  record Sums(long succeeded, long failed, long milliseconds, Duration uptime) {
    /** The block of the log. */
    Stream<String> lines() {
      long total = succeeded + failed;
      return Stream.of(
          RULE,
          "           MV REFRESH WORKER STATISTICS",
          RULE,
          setting("Total Refreshes:", total + " (of this process, since its start)"),
          setting("Successful:", Long.toString(succeeded)),
          setting("Failed:", Long.toString(failed)),
          setting("Success Rate:", decimal(total == 0 ? 100 : 100.0 * succeeded / total) + "%"),
          setting("Avg Duration:", (succeeded == 0 ? 0 : milliseconds / succeeded) + "ms"),
          setting("Uptime:", decimal(uptime.toMillis() / 60_000.0) + " minutes"),
          RULE);
    }
  }

  private static String oneLine(String error) {
    return error.replaceAll("\\s*\\R\\s*", "; ");
  }

  private static String setting(String name, String value) {
    return String.format(Locale.ROOT, "  %-21s %s", name, value);
  }

  private static String decimal(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }

  private static void print(Stream<String> lines) {
    lines.forEach(log::info);
  }
}
