package dev.millrace.api.jobs;

import dev.millrace.api.request.JsonBody;
import dev.millrace.job.JobOptions;
import dev.millrace.job.NewJob;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads what decides when, and whether, a job may run. */
final class OptionsRequest {
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration LONGEST_WAIT = Duration.ofDays(31);

  /** The longest wait of a debounced job in windows, unless the request sets one. */
  private static final int WINDOWS = 10;

  private OptionsRequest() {}

  static NewJob read(JsonBody body, NewJob job, Optional<NewJob> callback) {
    JobOptions options =
        new JobOptions(
            body.oneOf("on_busy", texts(JobOptions.OnBusy.values()))
                .map(word -> JobOptions.OnBusy.valueOf(word.toUpperCase(Locale.ROOT)))
                .orElse(JobOptions.OnBusy.WAIT),
            body.inner("limit", Set.of("key", "max")).flatMap(OptionsRequest::limit),
            Optional.empty(),
            Optional.empty(),
            body.moment("start_by"),
            body.moment("finish_by"),
            body.seconds("run_timeout_seconds", LEAST, LONGEST_WAIT),
            callback);
    Optional<JobOptions.Debounce> debounce =
        body.inner(
                "debounce", Set.of("window_seconds", "max_wait_seconds", "merge", "leading_edge"))
            .flatMap(OptionsRequest::debounce);
    Optional<Duration> throttle = body.seconds("throttle_seconds", LEAST, LONGEST_WAIT);
    if (debounce.isPresent() && throttle.isPresent()) {
      body.refuse("throttle_seconds", "throttle_seconds cannot be combined with debounce");
    } else if (job.uniqueKey().isEmpty() && (debounce.isPresent() || throttle.isPresent())) {
      body.refuse("unique_key", "unique_key is needed for debounce and throttle_seconds");
    } else if (debounce.isPresent() && !job.delay().isZero()) {
      body.refuse("delay_seconds", "delay_seconds cannot be combined with debounce");
    } else if (debounce.isPresent()) {
      options = options.debounced(debounce.get());
    } else if (throttle.isPresent()) {
      options = options.throttled(throttle.get());
    }
    return job.with(options);
  }

  private static Optional<JobOptions.Limit> limit(JsonBody limit) {
    Optional<String> key = limit.text("key", 200);
    OptionalInt most = limit.integer("max", 1, 1000, "an integer from 1 to 1000");
    if (key.isEmpty()) {
      limit.refuse("key", "key is needed: the jobs that share it are limited together");
    }
    if (most.isEmpty()) {
      limit.refuse("max", "max is needed: an integer from 1 to 1000");
    }
    return key.isPresent() && most.isPresent()
        ? Optional.of(new JobOptions.Limit(key.get(), most.getAsInt()))
        : Optional.empty();
  }

  private static Optional<JobOptions.Debounce> debounce(JsonBody debounce) {
    Optional<Duration> window = debounce.seconds("window_seconds", LEAST, LONGEST_WAIT);
    Optional<Duration> maxWait = debounce.seconds("max_wait_seconds", LEAST, LONGEST_WAIT);
    JobOptions.Merge merge =
        debounce
            .oneOf("merge", texts(JobOptions.Merge.values()))
            .map(word -> JobOptions.Merge.valueOf(word.toUpperCase(Locale.ROOT)))
            .orElse(JobOptions.Merge.REPLACE);
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
    return Optional.of(new JobOptions.Debounce(window.get(), most, merge, leading));
  }

  private static <E extends Enum<E>> List<String> texts(E[] values) {
    return List.of(values).stream().map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
  }
}
