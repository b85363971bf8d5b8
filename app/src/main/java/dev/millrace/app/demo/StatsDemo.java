package dev.millrace.app.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.app.http.ApiClient;
import dev.millrace.app.process.StopSignal;
import dev.millrace.job.JobState;
import dev.millrace.json.Json;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/** One stats job, asked for over HTTP and watched until the cache has been told. */
final class StatsDemo {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int LOOKS_AT_CACHE = 150;

  private final ApiClient api;
  private final Screen screen;
  private final StopSignal stop;
  private final DemoCache cache;

  StatsDemo(ApiClient api, Screen screen, StopSignal stop, DemoCache cache) {
    this.api = api;
    this.screen = screen;
    this.stop = stop;
    this.cache = cache;
  }

  /**
   * Runs it.
   *
   * @return whether every function completed and the cache knows all their tags; empty when somebody
   *     stopped the demo before
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
    while (!stop.await(LOOK)) {
      JsonNode seen = api.get("/jobs/" + job).orThrow();
      JobState state = JobState.of(seen.path("state").asText());
      if (state.finished()) {
        screen.step("stats job " + state.text());
        return told(seen).map(told -> told && state == JobState.COMPLETED);
      }
      JsonNode progress = seen.path("progress");
      screen.progress(
          "stats functions", progress.path("current").asLong(), progress.path("total").asLong());
    }
    return Optional.empty();
  }

  /** Whether the cache comes to know the tags of a job's functions. */
  private Optional<Boolean> told(JsonNode job) {
    TreeSet<String> tags =
        job.path("result")
            .path("functions")
            .valueStream()
            .flatMap(function -> function.path("cache_tags").valueStream())
            .map(JsonNode::asText)
            .collect(Collectors.toCollection(TreeSet::new));
    for (int looks = 0; looks < LOOKS_AT_CACHE; looks++) {
      if (cache.tags().containsAll(tags)) {
        screen.step("cache told of " + tags.size() + " tags");
        return Optional.of(true);
      }
      if (stop.await(LOOK)) {
        return Optional.empty();
      }
    }
    screen.step("the cache was not told");
    return Optional.of(false);
  }
}
