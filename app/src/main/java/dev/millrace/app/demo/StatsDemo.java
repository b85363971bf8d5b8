package dev.millrace.app.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.app.process.StopSignal;
import dev.millrace.job.JobState;
import dev.millrace.json.Json;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** One stats job, enqueued over HTTP and watched until the cache is invalidated. */
final class StatsDemo {
  private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

  private final PatientApi api;
  private final ConsoleProgress screen;
  private final StopSignal stop;
  private final DemoCache cache;

  StatsDemo(PatientApi api, ConsoleProgress screen, StopSignal stop, DemoCache cache) {
    this.api = api;
    this.screen = screen;
    this.stop = stop;
    this.cache = cache;
  }

  /**
   * Runs it.
   *
   * @return whether every function completed and the cache knows all their tags; empty when the
   *     demo was stopped before
   */
  Optional<Boolean> run() {
    JsonNode body =
        Json.mapper()
            .createObjectNode()
            .put("triggeredBy", "admin")
            .put("requestId", "demo-" + UUID.randomUUID());
    String job =
        api.post("/enqueue-stats-job", Optional.of(body)).orThrow().path("job_id").asText();
    screen.step("stats job enqueued as job " + job);
    while (!stop.await(POLL_INTERVAL)) {
      JsonNode seen = api.get("/jobs/" + job).orThrow();
      JobState state = JobState.of(seen.path("state").asText());
      if (state.finished()) {
        screen.step("stats job " + state.text());
        return invalidated(seen).map(sent -> sent && state == JobState.COMPLETED);
      }
      JsonNode progress = seen.path("progress");
      screen.progress(
          "stats functions", progress.path("current").asLong(), progress.path("total").asLong());
    }
    return Optional.empty();
  }

  /**
   * Waits for the end of the cache.invalidate job; returns whether the cache has received all tags.
   */
  private Optional<Boolean> invalidated(JsonNode job) {
    String invalidation = job.path("result").path("invalidation_id").asText();
    String sender =
        api.get("/cache-invalidations/" + invalidation).orThrow().path("job_id").asText();
    while (!stop.await(POLL_INTERVAL)) {
      JobState state = JobState.of(api.get("/jobs/" + sender).orThrow().path("state").asText());
      if (state.finished()) {
        Set<String> tags = tags(job);
        boolean knows = cache.tags().containsAll(tags);
        screen.step(
            knows
                ? "cache invalidated for " + tags.size() + " tags"
                : "the cache was not invalidated");
        return Optional.of(knows);
      }
    }
    return Optional.empty();
  }

  private static Set<String> tags(JsonNode job) {
    return job.path("result")
        .path("functions")
        .valueStream()
        .flatMap(function -> function.path("cache_tags").valueStream())
        .map(JsonNode::asText)
        .collect(Collectors.toSet());
  }
}
