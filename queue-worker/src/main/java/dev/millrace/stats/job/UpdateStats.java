package dev.millrace.stats.job;

import dev.millrace.MillraceException;
import dev.millrace.db.Sql;
import dev.millrace.http.JsonPoster;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import dev.millrace.job.Trigger;
import dev.millrace.job.UnretryableException;
import dev.millrace.json.Json;
import dev.millrace.stats.CacheOutbox;
import dev.millrace.stats.Event;
import dev.millrace.stats.Flag;
import dev.millrace.stats.Flags;
import dev.millrace.stats.LegacyStats;
import dev.millrace.stats.StatsJobs;
import dev.millrace.stats.StatsSettings;
import dev.millrace.stats.StatsTrigger;
import java.sql.Array;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The kind {@code stats.update}: runs the functions of a group in parallel. */
final class UpdateStats implements JobHandler<UpdateStats.Payload> {
  private static final Logger log = LoggerFactory.getLogger(UpdateStats.class);
  private static final String TOLERATE = Sql.of(UpdateStats.class, "tolerate");
  private static final String PLAN = Sql.of(UpdateStats.class, "plan");
  private static final String OUTCOMES = Sql.of(UpdateStats.class, "outcomes");
  private static final String RESULT = Sql.of(UpdateStats.class, "result");
  private static final JobKind<Payload> KIND =
      JobKind.of(StatsJobs.KIND, Payload.class).withTimeout(Duration.ofHours(1));

  /**
   * The payload of a job.
   *
   * @param group the group of functions
   * @param triggeredBy a {@link StatsTrigger}; shown, and its flag is checked when a schedule fired
   * @param requestIds the requests that it serves
   * @param extra what else a caller sent; kept, and handed to the legacy address
   */
  record Payload(
      String group, String triggeredBy, List<String> requestIds, Map<String, Object> extra) {
    Payload(
        @Nullable String group,
        @Nullable String triggeredBy,
        @Nullable List<String> requestIds,
        @Nullable Map<String, Object> extra) {
      this.group = group == null ? StatsJobs.DEFAULT_GROUP : group;
      this.triggeredBy = triggeredBy == null ? StatsTrigger.ADMIN.text() : triggeredBy;
      this.requestIds = requestIds == null ? List.of() : List.copyOf(requestIds);
      this.extra = extra == null ? Map.of() : Collections.unmodifiableMap(extra);
      if (StatsTrigger.of(this.triggeredBy).isEmpty()) {
        throw new IllegalArgumentException(
            "triggered_by must be one of "
                + String.join(", ", StatsTrigger.texts())
                + ", was '"
                + triggeredBy
                + "'");
      }
    }
  }

  /**
   * The result of a job, whether it completed or failed.
   *
   * @param invalidationId the cache invalidation that this attempt created; null: none
   */
  record Result(
      String group,
      int completed,
      int failed,
      int tags,
      @Nullable String invalidationId,
      List<FunctionOutcome> functions) {
    Result {
      functions = List.copyOf(functions);
    }
  }

  private final Flags flags;
  private final LegacyStats legacy;
  private final ParallelRunner runner;

  UpdateStats(Jdbi jdbi, StatsSettings settings) {
    this.flags = new Flags(jdbi, settings.flagsOn());
    this.legacy = new LegacyStats(settings);
    this.runner = new ParallelRunner(settings.parallel());
  }

  @Override
  public JobKind<Payload> kind() {
    return KIND;
  }

  @Override
  public Outcome run(Payload payload, JobContext context) throws InterruptedException {
    long begun = System.nanoTime();
    event("stats job received", context)
        .with("group", payload.group())
        .with("triggered_by", payload.triggeredBy())
        .with("request_ids", payload.requestIds())
        .with("attempt", context.attempt())
        .log(log, Level.INFO);
    Optional<Flag> off = offFor(payload, context);
    if (off.isPresent()) {
      return handOver(off.get(), payload, context);
    }
    List<PlannedFunction> plan = plan(payload.group(), context);
    event("stats functions started", context)
        .with("functions", plan.size())
        .with("parallel", runner.parallel())
        .log(log, Level.INFO);
    Map<String, Failure> failures =
        runner.run(plan, new FunctionRun(context, payload.group()), context);
    Result result = conclude(payload.group(), context);
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    int tolerate = tolerated(payload.group(), context);
    boolean ok = failures.size() <= tolerate;
    event(ok ? "stats job completed" : "stats job failed", context)
        .with("duration_ms", took.toMillis())
        .with("completed", result.completed())
        .with("failed", failures.isEmpty() ? 0 : String.join(",", failures.keySet()))
        .with("invalidation", result.invalidationId())
        .log(log, Level.INFO); // a failed attempt is warned of
    if (ok) {
      return Outcome.done(result);
    }
    throw refusal(failures, result);
  }

  /**
   * The flag that switches a scheduled job off; other triggers were checked when they enqueued the
   * job.
   */
  private Optional<Flag> offFor(Payload payload, JobContext context) {
    return context.trigger() == Trigger.SCHEDULE
        ? StatsTrigger.of(payload.triggeredBy()).flatMap(flags::against)
        : Optional.empty();
  }

  private Outcome handOver(Flag off, Payload payload, JobContext context)
      throws InterruptedException {
    if (!legacy.isSet()) {
      context.warn(off + " is off and LEGACY_STATS_URL is not set: nothing was run");
      return Outcome.done(Map.of("skipped", off.name()));
    }
    StatsTrigger cause = StatsTrigger.of(payload.triggeredBy()).orElse(StatsTrigger.CRON);
    JsonPoster.Answer answer =
        legacy.call(
            cause,
            Optional.of("job-" + context.jobId()),
            Json.mapper().valueToTree(payload.extra()));
    if (!answer.taken()) {
      throw new MillraceException(off + " is off, and the legacy address " + answer.summary());
    }
    context.log(off + " is off: handed to the legacy address");
    return Outcome.done(Map.of("handed_over", off.name(), "http_status", answer.status()));
  }

  private static List<PlannedFunction> plan(String group, JobContext context) {
    return context.inTransaction(
        handle -> {
          List<PlannedFunction> plan =
              handle
                  .createQuery(PLAN)
                  .bind("group", group)
                  .bind("jobId", context.jobId())
                  .map(
                      (row, at) ->
                          new PlannedFunction(
                              row.getString("function_name"),
                              row.getString("sql_name"),
                              row.getLong("oid"),
                              row.getString("foreign_owner"),
                              texts(row.getArray("cache_tags")),
                              Duration.ofMillis(row.getLong("time_limit_ms"))))
                  .list();
          if (plan.isEmpty() && outcomes(handle, context.jobId()).isEmpty()) {
            throw new UnretryableException(
                "stats group '"
                    + group
                    + "' has no enabled function: add one with millrace.register_stats_function");
          }
          return plan;
        });
  }

  /**
   * Enqueues the invalidation of this attempt's tags and writes the result, which a failed job
   * keeps as well.
   */
  private static Result conclude(String group, JobContext context) {
    return context.inTransaction(
        handle -> {
          List<FunctionOutcome> outcomes = outcomes(handle, context.jobId());
          OptionalLong invalidation = CacheOutbox.handOver(handle, context.jobId());
          List<FunctionOutcome> completed =
              outcomes.stream().filter(FunctionOutcome::completed).toList();
          Result result =
              new Result(
                  group,
                  completed.size(),
                  outcomes.size() - completed.size(),
                  (int)
                      completed.stream()
                          .flatMap(one -> one.cacheTags().stream())
                          .distinct()
                          .count(),
                  invalidation.isPresent() ? Long.toString(invalidation.getAsLong()) : null,
                  outcomes);
          handle
              .createUpdate(RESULT)
              .bind("jobId", context.jobId())
              .bind("result", Json.write(result))
              .execute();
          return result;
        });
  }

  private static List<FunctionOutcome> outcomes(Handle handle, long jobId) {
    return handle
        .createQuery(OUTCOMES)
        .bind("jobId", jobId)
        .map(
            (row, at) ->
                new FunctionOutcome(
                    row.getString("function_name"),
                    row.getString("status"),
                    row.getInt("attempt"),
                    row.getLong("duration_ms"),
                    row.getObject("rows", Long.class),
                    row.getString("error"),
                    texts(row.getArray("cache_tags"))))
        .list();
  }

  private static List<String> texts(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }

  private static int tolerated(String group, JobContext context) {
    return context.inTransaction(
        handle ->
            handle
                .createQuery(TOLERATE)
                .bind("group", group)
                .mapTo(Integer.class)
                .findOne()
                .orElse(0));
  }

  /**
   * Names each failed function. The job is retried only if another try may succeed for all of them.
   */
  private static MillraceException refusal(Map<String, Failure> failures, Result result) {
    String message =
        failures.size()
            + " of "
            + result.functions().size()
            + " stats functions failed: "
            + failures.entrySet().stream()
                .map(failed -> failed.getKey() + " (" + firstLine(failed.getValue().error()) + ")")
                .collect(Collectors.joining("; "));
    boolean passing = failures.values().stream().allMatch(Failure::passing);
    return passing ? new MillraceException(message) : new UnretryableException(message);
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private static Event event(String what, JobContext context) {
    return Event.of(what).with("job", context.jobId());
  }
}
