package dev.millrace.api.jobs;

import dev.millrace.api.request.JsonBody;
import dev.millrace.job.Flow;
import dev.millrace.job.NewJob;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads what decides when, and whether, a job may run. */
final class FlowRequest {
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration LONGEST_WAIT = Duration.ofDays(31);

  /** How many windows a debounced job waits at the most when it does not say. */
  private static final int WINDOWS = 10;

  private FlowRequest() {}

  static NewJob read(JsonBody body, NewJob job, Optional<NewJob> callback) {
    Flow flow =
        new Flow(
            body.oneOf("on_busy", words(Flow.OnBusy.values()))
                .map(word -> Flow.OnBusy.valueOf(word.toUpperCase(Locale.ROOT)))
                .orElse(Flow.OnBusy.WAIT),
            body.inner("limit", Set.of("key", "max")).flatMap(FlowRequest::limit),
            Optional.empty(),
            Optional.empty(),
            body.moment("start_by"),
            body.moment("finish_by"),
            body.seconds("run_timeout_seconds", LEAST, LONGEST_WAIT),
            callback);
    Optional<Flow.Debounce> debounce =
        body.inner(
                "debounce", Set.of("window_seconds", "max_wait_seconds", "merge", "leading_edge"))
            .flatMap(FlowRequest::debounce);
    Optional<Duration> throttle = body.seconds("throttle_seconds", LEAST, LONGEST_WAIT);
    if (debounce.isPresent() && throttle.isPresent()) {
      body.refuse("throttle_seconds", "throttle_seconds cannot be combined with debounce");
    } else if (job.uniqueKey().isEmpty() && (debounce.isPresent() || throttle.isPresent())) {
      body.refuse("unique_key", "unique_key is needed for debounce and throttle_seconds");
    } else if (debounce.isPresent() && !job.delay().isZero()) {
      body.refuse("delay_seconds", "delay_seconds cannot be combined with debounce");
    } else if (debounce.isPresent()) {
      flow = flow.debounced(debounce.get());
    } else if (throttle.isPresent()) {
      flow = flow.throttled(throttle.get());
    }
    return job.with(flow);
  }

  private static Optional<Flow.Limit> limit(JsonBody limit) {
    Optional<String> key = limit.text("key", 200);
    OptionalInt most = limit.integer("max", 1, 1000, "an integer from 1 to 1000");
    if (key.isEmpty()) {
      limit.refuse("key", "key is needed: the jobs that share it are limited together");
    }
    if (most.isEmpty()) {
      limit.refuse("max", "max is needed: an integer from 1 to 1000");
    }
    return key.isPresent() && most.isPresent()
        ? Optional.of(new Flow.Limit(key.get(), most.getAsInt()))
        : Optional.empty();
  }

  private static Optional<Flow.Debounce> debounce(JsonBody debounce) {
    Optional<Duration> window = debounce.seconds("window_seconds", LEAST, LONGEST_WAIT);
    Optional<Duration> maxWait = debounce.seconds("max_wait_seconds", LEAST, LONGEST_WAIT);
    Flow.Merge merge =
        debounce
            .oneOf("merge", words(Flow.Merge.values()))
            .map(word -> Flow.Merge.valueOf(word.toUpperCase(Locale.ROOT)))
            .orElse(Flow.Merge.REPLACE);
    boolean leading = debounce.bool("leading_edge").orElse(false);
    if (window.isEmpty()) {
      debounce.refuse(
          "window_seconds", "window_seconds is needed: how long no call must have come");
      return Optional.empty();
    }
    Duration most = maxWait.orElse(window.get().multipliedBy(WINDOWS));
    if (most.compareTo(window.get()) < 0) {
      debounce.refuse(
          "max_wait_seconds",
          "max_wait_seconds must be at least window_seconds, was " + most.toMillis() / 1000.0);
      return Optional.empty();
    }
    return Optional.of(new Flow.Debounce(window.get(), most, merge, leading));
  }

  private static <E extends Enum<E>> List<String> words(E[] values) {
    return List.of(values).stream().map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
  }
}
