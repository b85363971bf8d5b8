package dev.millrace.app.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.MillraceException;
import dev.millrace.app.http.ApiClient;
import dev.millrace.app.http.ApiClient.Answer;
import dev.millrace.app.process.StopSignal;
import dev.millrace.job.JobState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;

/** One master sync, a refresh of every view and one stats job, asked for over HTTP and watched. */
public final class Demo {
  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);
  private static final Duration REST = Duration.ofMinutes(2);
  private static final String REFRESHER = "/workers/inventory-mv-refresh/run-once";
  private static final String BUILDERS = "/materialized-views/mv_top_builders/refresh";
  private static final String FEED = "/materialized-views/mv_feed_projects/refresh";

  private final PatientApi api;
  private final ConsoleProgress screen;
  private final StopSignal stop;
  private final StatsDemo stats;

  public Demo(ApiClient api, ConsoleProgress screen, StopSignal stop, DemoCache cache) {
    this.api = new PatientApi(api, stop);
    this.screen = screen;
    this.stop = stop;
    this.stats = new StatsDemo(this.api, screen, stop, cache);
  }

  /**
   * Runs all of it to its end.
   *
   * @return whether all of it completed; empty when the demo was stopped before
   */
  public Optional<Boolean> run() {
    return sync()
        .flatMap(ok -> refresh("inventory views", REFRESHER).map(more -> ok && more))
        .flatMap(ok -> refresh("WIP views", "/refresh-wip-views").map(more -> ok && more))
        .flatMap(ok -> refresh("project feed", FEED).map(more -> ok && more))
        .flatMap(ok -> refresh("leader board", BUILDERS).map(more -> ok && more))
        .flatMap(ok -> rest().map(fresh -> ok && fresh))
        .flatMap(ok -> stats.run().map(summed -> ok && summed));
  }

  private Optional<Boolean> sync() {
    Answer answer = api.post("/ingestion/sync", Optional.empty());
    boolean joined = answer.status() == 409;
    String task = (joined ? answer.body() : answer.orThrow()).path("task_id").asText();
    if (task.isEmpty()) {
      throw new MillraceException("the API named no task for the master sync");
    }
    screen.step("master sync " + (joined ? "is running already" : "enqueued") + " as job " + task);
    Optional<JobState> end = end(task, this::showSync);
    end.ifPresent(state -> screen.step("master sync " + state.text()));
    return end.map(state -> state == JobState.COMPLETED);
  }

  private void showSync() {
    JsonNode status = api.get("/ingestion/status").orThrow();
    JsonNode progress = status.path("progress");
    switch (status.path("sync_state").asText()) {
      case "syncing_master" -> screen.progress("reading the master sheet", 0, 0);
      case "processing_suppliers" ->
          screen.progress(
              "suppliers", progress.path("current").asLong(), progress.path("total").asLong());
      default -> {
        // idle: between the enqueue and the claim, or just over
      }
    }
  }

  private Optional<Boolean> refresh(String what, String path) {
    screen.progress("refreshing the " + what, 0, 0);
    Optional<Boolean> ok = post(path).flatMap(this::refreshed);
    ok.ifPresent(done -> screen.step(what + (done ? " refreshed" : " not refreshed")));
    return ok;
  }

  /** The call may wait for the job, so it is made aside: a stop must not wait for the call. */
  private Optional<Answer> post(String path) {
    CompletableFuture<Answer> answer =
        CompletableFuture.supplyAsync(() -> api.post(path, Optional.empty()));
    while (!answer.isDone()) {
      if (stop.await(POLL_INTERVAL)) {
        return Optional.empty();
      }
    }
    return Optional.of(answer.join());
  }

  private Optional<Boolean> refreshed(Answer answer) {
    JsonNode body = answer.orThrow();
    return answer.status() == 202
        ? end(body.path("job_id").asText(), () -> {}).map(state -> state == JobState.COMPLETED)
        : Optional.of(body.path("status").asText().equals("success"));
  }

  /** A function that refreshes views is registered when it is found; nothing has to call it. */
  private static boolean isUnusedFunction(JsonNode view) {
    return view.path("status").asText().equals("NEVER")
        && view.path("view_name").asText().endsWith("()");
  }

  /** Waits until no view lacks a change; false when one fails or that takes too long. */
  private Optional<Boolean> rest() {
    long deadline = System.nanoTime() + REST.toNanos();
    while (!stop.await(POLL_INTERVAL)) {
      List<String> statuses =
          StreamSupport.stream(
                  api.get("/materialized-views").orThrow().path("views").spliterator(), false)
              .filter(view -> !isUnusedFunction(view))
              .map(view -> view.path("status").asText())
              .toList();
      long fresh = statuses.stream().filter("FRESH"::equals).count();
      if (fresh == statuses.size()) {
        screen.step("all " + fresh + " views are fresh");
        return Optional.of(true);
      }
      if (statuses.contains("FAILED") || System.nanoTime() > deadline) {
        screen.step("only " + fresh + " of " + statuses.size() + " views are fresh");
        return Optional.of(false);
      }
      screen.progress("views", fresh, statuses.size());
    }
    return Optional.empty();
  }

  /** Waits for the end of a job; empty when the demo was stopped. */
  private Optional<JobState> end(String jobId, Runnable show) {
    while (!stop.await(POLL_INTERVAL)) {
      JobState state = JobState.of(api.get("/jobs/" + jobId).orThrow().path("state").asText());
      if (state.finished()) {
        return Optional.of(state);
      }
      show.run();
    }
    return Optional.empty();
  }
}
