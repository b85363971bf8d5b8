package dev.millrace.api.workers;

import dev.millrace.api.access.Permission;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.audit.Effect;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.Problem.FieldError;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.EntityTags;
import dev.millrace.api.request.Query;
import dev.millrace.api.why.Why;
import dev.millrace.job.read.WorkerRuns;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.BackgroundWorkerEdits;
import dev.millrace.schedule.BackgroundWorkerEdits.Change;
import dev.millrace.schedule.BackgroundWorkerEdits.Switch;
import dev.millrace.schedule.BackgroundWorkers;
import dev.millrace.schedule.ScheduleProfile;
import dev.millrace.status.Reasons;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /api/admin/workers}. A new background worker is a new row: no route knows any of them by
 * name.
 */
public final class WorkerRoutes {
  private static final Logger log = LoggerFactory.getLogger(WorkerRoutes.class);

  private final Parts parts;
  private final RunHistory history;

  /** What the routes read and change. */
  public record Parts(
      BackgroundWorkers workers,
      BackgroundWorkerEdits edits,
      WorkerRuns runs,
      ScheduleProfiles profiles,
      RunOnce runOnce,
      Reasons reasons,
      Audit audit) {}

  public WorkerRoutes(Parts parts) {
    this.parts = parts;
    this.history = new RunHistory(parts.runs());
  }

  /** The answer to a list. */
  record WorkerList(List<WorkerView> workers) {
    WorkerList {
      workers = List.copyOf(workers);
    }
  }

  /** The profiles that can be applied. */
  record ProfileList(List<ScheduleProfile> profiles) {
    ProfileList {
      profiles = List.copyOf(profiles);
    }
  }

  public void addTo(RoutesConfig routes) {
    String worker = "/api/admin/workers/{key}";
    routes.get("/api/admin/workers", this::list, Permission.READ);
    routes.get(worker, ctx -> answer(ctx, named(ctx)), Permission.READ);
    routes.get(worker + "/why", this::why, Permission.READ);
    routes.put(worker, this::change, Permission.CHANGE_WORKERS);
    routes.post(
        worker + "/run-once",
        ctx -> parts.runOnce().answer(ctx, () -> named(ctx)),
        Permission.RUN_WORKERS);
    routes.get(
        worker + "/runs",
        ctx -> history.answer(ctx, named(ctx)),
        Permission.READ,
        Query.Taken.QUERY);
    routes.get(
        worker + "/next-runs",
        ctx -> NextRuns.answer(ctx, named(ctx)),
        Permission.READ,
        Query.Taken.QUERY);
    routes.post(
        worker + "/pause", ctx -> turn(ctx, ChangeRequest.pause(ctx)), Permission.PAUSE_WORKERS);
    routes.post(
        worker + "/resume", ctx -> turn(ctx, ChangeRequest.resume(ctx)), Permission.PAUSE_WORKERS);
    routes.post(worker + "/profile", this::applyProfile, Permission.CHANGE_WORKERS);
    routes.get(
        "/api/admin/schedules/preview", NextRuns::preview, Permission.READ, Query.Taken.QUERY);
    routes.get(
        "/api/admin/schedules/profiles",
        ctx -> ctx.json(new ProfileList(parts.profiles().all())),
        Permission.READ);
  }

  private void list(Context ctx) {
    ctx.json(new WorkerList(parts.workers().all().stream().map(WorkerView::of).toList()));
  }

  private void why(Context ctx) {
    ctx.json(Why.of(parts.reasons().ofWorker(rowName(ctx)).orElseThrow(() -> absent(ctx))));
  }

  private void change(Context ctx) {
    BackgroundWorker before = named(ctx);
    Change change = ChangeRequest.change(ctx);
    changed(
        ctx,
        before,
        Command.of("worker.change", before.workerName()),
        expected -> parts.edits().apply(before.workerName(), expected, change));
  }

  private void turn(Context ctx, Switch position) {
    BackgroundWorker before = named(ctx);
    Change change = Change.to(position);
    changed(
        ctx,
        before,
        new Command(
            position.on() ? "worker.resume" : "worker.pause",
            before.workerName(),
            position.reason()),
        expected -> parts.edits().apply(before.workerName(), expected, change));
    log.atInfo()
        .addKeyValue("worker", before.workerName())
        .addKeyValue("by", position.by())
        .addKeyValue("reason", position.reason().orElse(""))
        .log("background worker {}", position.on() ? "resumed" : "paused");
  }

  private void applyProfile(Context ctx) {
    BackgroundWorker before = named(ctx);
    String name = ChangeRequest.profile(ctx);
    List<ScheduleProfile> all = parts.profiles().all();
    ScheduleProfile profile =
        all.stream()
            .filter(one -> one.profile().equals(name))
            .findFirst()
            .orElseThrow(() -> noProfile(name, all));
    changed(
        ctx,
        before,
        Command.of("worker.profile", before.workerName()),
        expected -> parts.edits().applyProfile(before.workerName(), expected, profile));
  }

  private static ProblemException noProfile(String name, List<ScheduleProfile> all) {
    String known = String.join(", ", all.stream().map(ScheduleProfile::profile).toList());
    return Problems.invalid(
        List.of(
            new FieldError(
                "/profile", "profile must be one of " + known + ", was " + Problems.cut(name))));
  }

  /** Changes the row if it has this version; empty when it has another. */
  private interface Edit {
    Optional<BackgroundWorker> from(OptionalLong version);
  }

  private void changed(Context ctx, BackgroundWorker before, Command command, Edit edit) {
    OptionalLong expected = expected(ctx, before);
    BackgroundWorker after =
        parts
            .audit()
            .run(
                ctx,
                command,
                handle -> {
                  BackgroundWorker then = named(ctx);
                  BackgroundWorker now = edit.from(expected).orElseThrow(() -> stale(named(ctx)));
                  return new Effect<>(now, WorkerView.of(then), WorkerView.of(now));
                });
    log.atInfo()
        .addKeyValue("worker", after.workerName())
        .addKeyValue("enabled", after.enabled())
        .addKeyValue("schedule", after.cron() == null ? after.intervalSeconds() : after.cron())
        .addKeyValue("version", after.version())
        .log("background worker changed");
    answer(ctx, after);
  }

  private static OptionalLong expected(Context ctx, BackgroundWorker before) {
    String ifMatch = ctx.header("If-Match");
    if (ifMatch != null) {
      if (!EntityTags.namesStrongly(ifMatch, WorkerView.of(before).tag())) {
        throw stale(before);
      }
      // changes the version that was compared, even if another request came first
      return OptionalLong.of(before.version());
    }
    return OptionalLong.empty();
  }

  private static void answer(Context ctx, BackgroundWorker worker) {
    WorkerView view = WorkerView.of(worker);
    ctx.header("ETag", view.tag()).json(view);
  }

  private BackgroundWorker named(Context ctx) {
    return parts.workers().find(rowName(ctx)).orElseThrow(() -> absent(ctx));
  }

  private static String rowName(Context ctx) {
    return ctx.pathParam("key").replace('-', '_');
  }

  private static ProblemException absent(Context ctx) {
    return Problems.notFound("no background worker '" + Problems.cut(ctx.pathParam("key")) + "'");
  }

  private static ProblemException stale(BackgroundWorker now) {
    return new ProblemException(
        Problem.of(
                412,
                "stale_version",
                "Precondition Failed",
                now.workerName() + " was changed by another request; read it again, then repeat")
            .with("version", now.version())
            .withHeader("ETag", WorkerView.of(now).tag()));
  }
}
