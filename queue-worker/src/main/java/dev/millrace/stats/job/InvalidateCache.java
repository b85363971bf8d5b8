package dev.millrace.stats.job;

import dev.millrace.MillraceException;
import dev.millrace.db.Sql;
import dev.millrace.http.HostPauses;
import dev.millrace.http.JsonPoster;
import dev.millrace.http.job.PausedServers;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import dev.millrace.job.RetryAfterException;
import dev.millrace.job.RetryPolicy;
import dev.millrace.job.UnretryableException;
import dev.millrace.json.Json;
import dev.millrace.metrics.Count;
import dev.millrace.stats.CacheOutbox;
import dev.millrace.stats.Event;
import dev.millrace.stats.LegacyStats;
import dev.millrace.stats.StatsSettings;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The kind {@code cache.invalidate}: sends the outdated tags to a cache, in up to three tries. */
final class InvalidateCache implements JobHandler<InvalidateCache.Payload> {
  private static final Logger log = LoggerFactory.getLogger(InvalidateCache.class);
  private static final String FIND = Sql.of(InvalidateCache.class, "find");
  private static final String TRIED = Sql.of(InvalidateCache.class, "tried");
  private static final String SENT = Sql.of(InvalidateCache.class, "sent");
  private static final JobKind<Payload> KIND =
      JobKind.of(CacheOutbox.KIND, Payload.class)
          .withMaxAttempts(3)
          .withRetry(
              new RetryPolicy(
                  RetryPolicy.Shape.EXPONENTIAL, Duration.ofSeconds(1), Duration.ofSeconds(30)))
          .withTimeout(Duration.ofMinutes(2));

  /** The payload: which invalidation. */
  record Payload(long invalidationId) {}

  private final Optional<URI> url;
  private final Map<String, String> authorization;
  private final JsonPoster web;
  private final Duration maxRetryAfter;

  /**
   * Makes the handler.
   *
   * @param maxRetryAfter the longest pause that the server of the cache can ask for
   */
  InvalidateCache(StatsSettings settings, Duration maxRetryAfter) {
    this.maxRetryAfter = maxRetryAfter;
    this.url = settings.cacheInvalidation();
    this.authorization = LegacyStats.authorization(settings);
    this.web = new JsonPoster(settings.patience());
  }

  @Override
  public JobKind<Payload> kind() {
    return KIND;
  }

  /** An invalidation as stored. */
  record Stored(List<String> tags, String statsJobId, boolean sent) {}

  @Override
  public Outcome run(Payload payload, JobContext context) throws InterruptedException {
    Stored stored =
        context
            .inTransaction(handle -> find(handle, payload.invalidationId()))
            .orElseThrow(
                () ->
                    new UnretryableException(
                        "there is no cache invalidation " + payload.invalidationId()));
    if (stored.sent()) {
      return Outcome.done(Map.of("sent", true));
    }
    if (url.isEmpty()) {
      context.warn("CACHE_INVALIDATION_URL is not set: no cache was sent " + stored.tags());
      return Outcome.done(Map.of("sent", false, "reason", "CACHE_INVALIDATION_URL is not set"));
    }
    Optional<Outcome> paused = PausedServers.snooze(url.get(), "the invalidation", context);
    if (paused.isPresent()) {
      return paused.get();
    }
    return send(url.get(), payload.invalidationId(), stored, context);
  }

  private Outcome send(URI target, long id, Stored stored, JobContext context)
      throws InterruptedException {
    Try made = attempt(target, id, stored, "millrace-" + id + "-" + context.fence());
    Optional<Duration> asked = made.retryAfter().map(time -> shorter(time, maxRetryAfter));
    context.inTransaction(
        handle -> {
          asked.ifPresent(time -> HostPauses.pause(handle, HostPauses.server(target), time));
          return note(handle, id, made);
        });
    String error = made.error();
    Count.CACHE_CALLS.add(1, error == null ? "delivered" : "failed");
    if (error == null) {
      event("cache invalidated", id, context).with("tags", stored.tags()).log(log, Level.INFO);
      return Outcome.done(Map.of("sent", true, "tags", stored.tags()));
    }
    boolean last = context.attempt() == context.maxAttempts();
    event(last ? "cache not invalidated" : "cache invalidation postponed", id, context)
        .with("error", error)
        .log(log, Level.INFO); // the failed attempt is warned of
    throw failed(error, asked);
  }

  private record Try(
      String key,
      Duration took,
      @Nullable Integer status,
      @Nullable String error,
      Optional<Duration> retryAfter) {}

  private Try attempt(URI target, long id, Stored stored, String key) throws InterruptedException {
    Map<String, String> headers = new LinkedHashMap<>(authorization);
    headers.put("Idempotency-Key", key);
    long begun = System.nanoTime();
    try {
      JsonPoster.Answer answer = web.send(target, body(id, stored), headers);
      String error = answer.taken() ? null : "the cache " + answer.summary();
      return new Try(key, since(begun), answer.status(), error, answer.retryAfter());
    } catch (JsonPoster.NoResponseException e) {
      return new Try(key, since(begun), null, e.getMessage(), Optional.empty());
    }
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  /**
   * Has the invalidation's id, which is the same in every try, so that the receiver can drop
   * repetitions.
   */
  private static String body(long id, Stored stored) {
    return Json.mapper()
        .createObjectNode()
        .put("invalidationId", Long.toString(id))
        .put("jobId", stored.statsJobId())
        .put("source", "millrace")
        .set("tags", Json.mapper().valueToTree(stored.tags()))
        .toString();
  }

  private static Optional<Stored> find(Handle handle, long id) {
    return handle
        .createQuery(FIND)
        .bind("id", id)
        .map(
            (row, at) ->
                new Stored(
                    List.of((String[]) row.getArray("tags").getArray()),
                    row.getString("stats_job_id"),
                    row.getBoolean("sent")))
        .findOne();
  }

  private static int note(Handle handle, long id, Try made) {
    if (made.error() == null) {
      handle.createUpdate(SENT).bind("id", id).execute();
    }
    return handle
        .createUpdate(TRIED)
        .bind("id", id)
        .bind("key", made.key())
        .bind("durationMs", made.took().toMillis())
        .bind("status", made.status())
        .bind("error", made.error())
        .execute();
  }

  private static MillraceException failed(String error, Optional<Duration> retryAfter) {
    return retryAfter.isPresent()
        ? new RetryAfterException(error, retryAfter.get())
        : new MillraceException(error);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static Event event(String what, long id, JobContext context) {
    return Event.of(what)
        .with("invalidation", id)
        .with("job", context.jobId())
        .with("try", context.attempt() + "/" + context.maxAttempts());
  }
}
