package dev.millrace.stats.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.job.JobHandler;
import dev.millrace.json.Json;
import dev.millrace.stats.CacheInvalidation;
import dev.millrace.stats.CacheOutbox;
import dev.millrace.stats.Flags;
import dev.millrace.stats.StatsJobs;
import dev.millrace.stats.StatsSettings;
import dev.millrace.stats.StatsTrigger;
import dev.millrace.testing.WebServer;
import dev.millrace.worker.WorkerFixture;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/** An installation with a cache, and functions that record each of their runs. */
final class StatsFixture implements AutoCloseable {
  static final String KEY = "internal-worker-key";
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  final WebServer cache = new WebServer();
  final WebServer legacy = new WebServer();
  final WorkerFixture millrace;
  final StatsJobs jobs;
  final CacheOutbox outbox;
  final Flags flags;
  final StatsSettings settings =
      new StatsSettings(
          Optional.of(cache.url("/api/revalidate")),
          Optional.of(KEY),
          Optional.of(legacy.url("/functions/v1/stats")),
          Flags.allOn(),
          10,
          Duration.ofSeconds(1));

  StatsFixture() {
    this(Duration.ofSeconds(5));
  }

  StatsFixture(Duration lease) {
    millrace = new WorkerFixture(lease);
    jobs = new StatsJobs(millrace.jdbi, millrace.client);
    outbox = new CacheOutbox(millrace.jdbi);
    flags = new Flags(millrace.jdbi, Flags.allOn());
    execute(
        "CREATE TABLE public.ran (function text NOT NULL, at timestamptz DEFAULT clock_timestamp())");
  }

  /** Starts a queue worker. */
  StatsFixture working() {
    worker(settings);
    return this;
  }

  void worker(StatsSettings told) {
    millrace.worker(
        6, StatsHandlers.all(millrace.jdbi, told, LONGEST_PAUSE).toArray(JobHandler<?>[]::new));
  }

  /** No functions but these. */
  StatsFixture empty() {
    WorkerFixture.await()
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.jobs WHERE finished_at IS NULL")
                    == 0);
    execute(
        "DELETE FROM millrace.stats_functions",
        "DELETE FROM millrace.jobs",
        "DELETE FROM millrace.cache_invalidations",
        "DELETE FROM public.ran",
        "UPDATE millrace.stats_groups SET tolerate = 0");
    return this;
  }

  /**
   * Creates a function that records its run, does something, and invalidates the tag of its name.
   */
  void function(String name, String does) {
    define(name, does);
    execute("SELECT millrace.register_stats_function('" + name + "', ARRAY['tag_" + name + "'])");
  }

  void define(String name, String does) {
    execute(
        "CREATE OR REPLACE FUNCTION public."
            + name
            + "() RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.ran (function) VALUES ('"
            + name
            + "'); "
            + does
            + " END $$");
  }

  long enqueue() {
    return jobs.enqueue(StatsTrigger.ADMIN, Optional.empty()).jobId();
  }

  String run() {
    return end(enqueue());
  }

  /** Waits for the end of a job. */
  String end(long job) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                millrace.count(
                        "SELECT count(*) FROM millrace.jobs WHERE id = ? AND finished_at IS NULL",
                        job)
                    == 0);
    return millrace.state(job);
  }

  JsonNode result(long job) {
    return Json.tree(millrace.text("SELECT result FROM millrace.jobs WHERE id = ?", job));
  }

  String error(long job) {
    return millrace.text("SELECT error FROM millrace.jobs WHERE id = ?", job);
  }

  long runs(String function) {
    return millrace.count("SELECT count(*) FROM public.ran WHERE function = ?", function);
  }

  /** The newest invalidation, when it is in one of its final states. */
  CacheInvalidation invalidation() {
    WorkerFixture.await()
        .until(
            () ->
                outbox.newest(Optional.empty(), 1).stream()
                    .anyMatch(one -> !one.state().equals("pending")));
    return outbox.newest(Optional.empty(), 1).get(0);
  }

  /** The tags of a call. */
  static List<String> tags(WebServer.Call call) {
    return Json.tree(call.body()).path("tags").valueStream().map(JsonNode::asText).toList();
  }

  void execute(String... statements) {
    millrace.jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }

  @Override
  public void close() {
    millrace.close();
    cache.close();
    legacy.close();
  }
}
