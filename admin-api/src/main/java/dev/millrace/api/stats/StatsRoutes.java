package dev.millrace.api.stats;

import dev.millrace.api.access.Permission;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.audit.Effect;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.JsonBody;
import dev.millrace.job.read.Job;
import dev.millrace.job.read.Jobs;
import dev.millrace.stats.StatsGroups;
import dev.millrace.stats.StatsGroups.FunctionChange;
import dev.millrace.stats.StatsGroups.GroupChange;
import dev.millrace.stats.StatsJobs;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /api/admin/stats}: the groups, how they are run, and retries. No route makes a function
 * runnable: that is registered in SQL.
 */
public final class StatsRoutes {
  private static final Logger log = LoggerFactory.getLogger(StatsRoutes.class);
  private static final int MAX_BODY = 64 * 1024;
  private static final Duration DAY = Duration.ofDays(1);
  private static final int LONGEST_TAG = 200;
  private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,13}");

  private final StatsGroups groups;
  private final StatsJobs statsJobs;
  private final Jobs jobs;

  private final Audit audit;

  public StatsRoutes(StatsGroups groups, StatsJobs statsJobs, Jobs jobs, Audit audit) {
    this.audit = audit;
    this.groups = groups;
    this.statsJobs = statsJobs;
    this.jobs = jobs;
  }

  /** The answer to a list. */
  record GroupList(List<StatsGroups.Group> groups) {
    GroupList {
      groups = List.copyOf(groups);
    }
  }

  /** The answer to a retry. */
  record Retried(String jobId, String status) {}

  public void addTo(RoutesConfig routes) {
    routes.get("/api/admin/stats", ctx -> ctx.json(new GroupList(groups.all())), Permission.READ);
    routes.get("/api/admin/stats/{group}", ctx -> ctx.json(named(ctx)), Permission.READ);
    routes.put("/api/admin/stats/{group}", this::changeGroup, Permission.CHANGE_STATS);
    routes.put(
        "/api/admin/stats/{group}/functions/{function}",
        this::changeFunction,
        Permission.CHANGE_STATS);
    routes.post("/api/admin/stats/jobs/{id}/retry", this::retry, Permission.RUN_STATS);
  }

  private void changeGroup(Context ctx) {
    StatsGroups.Group group = named(ctx);
    JsonBody body =
        JsonBody.read(ctx, MAX_BODY, Set.of("tolerate", "debounce_seconds", "max_wait_seconds"));
    OptionalInt tolerate = body.integer("tolerate", 0, 1000, "an integer from 0 to 1000");
    Optional<Duration> debounce = body.seconds("debounce_seconds", Duration.ZERO, DAY);
    Optional<Duration> maxWait = body.seconds("max_wait_seconds", Duration.ZERO, DAY);
    double wait = maxWait.map(StatsRoutes::seconds).orElse(group.maxWaitSeconds());
    double window = debounce.map(StatsRoutes::seconds).orElse(group.debounceSeconds());
    if (wait < window) {
      body.refuse(
          "max_wait_seconds",
          "max_wait_seconds must be at least debounce_seconds (" + window + "), was " + wait);
    }
    body.check();
    GroupChange change = new GroupChange(tolerate, debounce, maxWait);
    changed(
        ctx,
        Command.of("stats.group", group.group()),
        () -> {
          if (!groups.change(group.group(), change)) {
            throw new ProblemException(
                Problems.conflict(
                    "changed_meanwhile",
                    "the group was changed by another request; read it again, then repeat"));
          }
        });
  }

  private void changeFunction(Context ctx) {
    StatsGroups.Group group = named(ctx);
    String function = ctx.pathParam("function");
    JsonBody body =
        JsonBody.read(ctx, MAX_BODY, Set.of("enabled", "time_limit_seconds", "cache_tags"));
    FunctionChange change =
        new FunctionChange(
            body.bool("enabled"),
            body.seconds("time_limit_seconds", Duration.ofMillis(1), DAY),
            body.texts("cache_tags", LONGEST_TAG));
    body.check();
    changed(
        ctx,
        Command.of("stats.function", group.group() + " " + function),
        () -> {
          if (!groups.change(group.group(), function, change)) {
            throw Problems.notFound(
                "no function '"
                    + Problems.cut(function)
                    + "' in the group "
                    + group.group()
                    + "; register it with millrace.register_stats_function");
          }
        });
    log.info("stats function changed group={} function={}", group.group(), function);
  }

  private void changed(Context ctx, Command command, Runnable change) {
    ctx.json(
        audit.run(
            ctx,
            command,
            handle -> {
              StatsGroups.Group before = named(ctx);
              change.run();
              StatsGroups.Group after = named(ctx);
              return new Effect<>(after, before, after);
            }));
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1000.0;
  }

  private void retry(Context ctx) {
    String id = ctx.pathParam("id");
    Job job =
        (ID.matcher(id).matches() ? jobs.find(Long.parseLong(id)) : Optional.<Job>empty())
            .filter(found -> found.kind().equals(StatsJobs.KIND))
            .orElseThrow(() -> Problems.notFound("no stats job '" + Problems.cut(id) + "'"));
    boolean all = false;
    if (ctx.contentLength() > 0) {
      JsonBody body = JsonBody.read(ctx, MAX_BODY, Set.of("everything"));
      all = body.bool("everything").orElse(false);
      body.check();
    }
    boolean everything = all;
    Retried retried =
        audit.run(
            ctx,
            Command.of("stats.retry", id),
            handle -> {
              if (!statsJobs.retry(job.id(), everything)) {
                throw new ProblemException(wrongState(job));
              }
              return Effect.of(new Retried(id, "queued"), everything ? "everything" : "failed");
            });
    log.info("retry asked for job={} everything={}", id, everything);
    ctx.status(202).header("Location", "/api/admin/jobs/" + id).json(retried);
  }

  private static Problem wrongState(Job job) {
    String id = Long.toString(job.id());
    return Problems.conflict(
            "wrong_state",
            "job "
                + id
                + " is "
                + job.state().text()
                + "; only a failed or cancelled job can be retried")
        .with("job_id", id)
        .with("state", job.state().text());
  }

  private StatsGroups.Group named(Context ctx) {
    String group = ctx.pathParam("group");
    return groups
        .find(group)
        .orElseThrow(() -> Problems.notFound("no group '" + Problems.cut(group) + "'"));
  }
}
