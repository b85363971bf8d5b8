package dev.millrace.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import java.util.List;

/** What a process counts from its start on. Thread-safe. */
@SuppressWarnings("ImmutableEnumChecker") // meters are thread-safe
public enum Count {
  /** By the leading scheduler. */
  JOBS_RESCUED("millrace.jobs.rescued", "Jobs taken back from queue workers whose lease had ended"),
  /** By the leading scheduler: made_up, skipped. */
  SLOTS_MISSED(
      "millrace.slots.missed",
      "Slots of schedules that no node fired in time, by what their misfire policy did",
      "worker",
      "result"),
  /** By queue workers. */
  OUTCOMES_REFUSED(
      "millrace.outcomes.refused",
      "Outcomes refused because a newer attempt had the job; none of them took effect"),
  /** By queue workers. */
  CLAIMS_HANDED_BACK(
      "millrace.claims.handed.back", "Jobs handed back because the answer to their claim was lost"),
  /** By queue workers: delivered, failed. */
  CACHE_CALLS("millrace.cache.calls", "Calls that tell caches which tags are stale", "result"),
  /** By queue workers: delivered, failed. */
  ALERT_CALLS("millrace.alert.calls", "Calls of the webhook for alerts", "result");

  private final String meter;
  private final Labels<Counter> counters;

  Count(String meter, String description, String... labels) {
    this.meter = meter;
    this.counters =
        new Labels<>(
            List.of(labels),
            tags ->
                Counter.builder(meter)
                    .description(description)
                    .tags(tags)
                    .register(Metrics.globalRegistry));
  }

  /** Its name in Micrometer, such as {@code millrace.jobs.rescued}. */
  public String meter() {
    return meter;
  }

  /**
   * Adds to it.
   *
   * @param labels a value for each of its labels
   */
  public void add(long more, String... labels) {
    counters.of(labels).increment((double) more);
  }
}
