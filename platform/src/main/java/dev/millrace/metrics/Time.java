package dev.millrace.metrics;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;

/** What a process measures the duration of, as histograms. Thread-safe. */
@SuppressWarnings("ImmutableEnumChecker") // meters are thread-safe
public enum Time {
  /** By queue workers. */
  JOB_WAIT(
      "millrace.job.wait",
      "Time that recorded attempts waited from when they were due",
      "queue",
      "kind"),
  /** By queue workers; the outcome is completed, failed, retried or cancelled. */
  JOB_RUN("millrace.job.run", "Time that recorded attempts ran", "queue", "kind", "outcome"),
  /** By scheduler nodes. */
  SLOT_LAG("millrace.slot.lag", "Time from a slot of a schedule to its job", "worker"),
  /** By queue workers; the result is success or error. */
  REFRESH("millrace.view.refresh", "Duration of refreshes of views", "view", "result"),
  /** By API processes; the route is a pattern such as /api/admin/jobs/{id}. */
  REQUEST("millrace.http.request", "Duration of HTTP requests", "method", "route", "status");

  private final String meter;
  private final Labels<Timer> timers;

  Time(String meter, String description, String... labels) {
    this.meter = meter;
    this.timers =
        new Labels<>(
            List.of(labels),
            tags ->
                Timer.builder(meter)
                    .description(description)
                    .serviceLevelObjectives(Limits.BUCKETS)
                    .tags(tags)
                    .register(Metrics.globalRegistry));
  }

  /** From one millisecond to one hour. */
  private static final class Limits {
    static final Duration[] BUCKETS = {
      Duration.ofMillis(1),
      Duration.ofMillis(5),
      Duration.ofMillis(10),
      Duration.ofMillis(25),
      Duration.ofMillis(50),
      Duration.ofMillis(100),
      Duration.ofMillis(250),
      Duration.ofMillis(500),
      Duration.ofSeconds(1),
      Duration.ofMillis(2500),
      Duration.ofSeconds(5),
      Duration.ofSeconds(10),
      Duration.ofSeconds(30),
      Duration.ofMinutes(1),
      Duration.ofMinutes(5),
      Duration.ofMinutes(30),
      Duration.ofHours(1)
    };

    private Limits() {}
  }

  /** Its name in Micrometer, such as {@code millrace.slot.lag}. */
  public String meter() {
    return meter;
  }

  /**
   * Adds a duration, if anything collects metrics in this process.
   *
   * @param labels a value for each of its labels
   */
  public void record(Duration took, String... labels) {
    if (!Metrics.globalRegistry.getRegistries().isEmpty()) {
      timers.of(labels).record(took);
    }
  }
}
