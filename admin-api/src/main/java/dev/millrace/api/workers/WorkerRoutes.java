package dev.millrace.api.workers;

import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.EntityTags;
import dev.millrace.api.request.JsonBody;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.BackgroundWorkerEdits;
import dev.millrace.schedule.BackgroundWorkerEdits.Change;
import dev.millrace.schedule.BackgroundWorkers;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /api/admin/workers}. A new background worker is a new row: no route knows any of them by
 * name.
 */
public final class WorkerRoutes {
  private static final Logger log = LoggerFactory.getLogger(WorkerRoutes.class);
  private static final Set<String> FIELDS = Set.of("enabled", "interval_seconds");
  private static final int MAX_BODY = 64 * 1024;

  private final BackgroundWorkers workers;
  private final BackgroundWorkerEdits edits;
  private final RunOnce runOnce;

  public WorkerRoutes(BackgroundWorkers workers, BackgroundWorkerEdits edits, RunOnce runOnce) {
    this.workers = workers;
    this.edits = edits;
    this.runOnce = runOnce;
  }

  /** The answer to a list. */
  record WorkerList(List<WorkerView> workers) {
    WorkerList {
      workers = List.copyOf(workers);
    }
  }

  public void addTo(RoutesConfig routes) {
    routes.get("/api/admin/workers", this::list);
    routes.get("/api/admin/workers/{key}", ctx -> answer(ctx, named(ctx)));
    routes.put("/api/admin/workers/{key}", this::change);
    routes.post("/api/admin/workers/{key}/run-once", ctx -> runOnce.answer(ctx, named(ctx)));
  }

  private void list(Context ctx) {
    ctx.json(new WorkerList(workers.all().stream().map(WorkerView::of).toList()));
  }

  private void change(Context ctx) {
    BackgroundWorker before = named(ctx);
    JsonBody body = JsonBody.read(ctx, MAX_BODY, FIELDS);
    Change change =
        new Change(
            body.bool("enabled"),
            body.integer("interval_seconds", 1, Integer.MAX_VALUE, "a positive integer"));
    body.check();
    OptionalLong expected = OptionalLong.empty();
    String ifMatch = ctx.header("If-Match");
    if (ifMatch != null) {
      if (!EntityTags.namesStrongly(ifMatch, WorkerView.of(before).tag())) {
        throw stale(before);
      }
      // what was compared is what is changed, whoever comes between
      expected = OptionalLong.of(before.version());
    }
    BackgroundWorker after =
        edits.apply(before.workerName(), expected, change).orElseThrow(() -> stale(named(ctx)));
    log.info(
        "background worker changed worker={} enabled={} interval_seconds={} version={}",
        after.workerName(),
        after.enabled(),
        after.intervalSeconds(),
        after.version());
    answer(ctx, after);
  }

  private static void answer(Context ctx, BackgroundWorker worker) {
    WorkerView view = WorkerView.of(worker);
    ctx.header("ETag", view.tag()).json(view);
  }

  private BackgroundWorker named(Context ctx) {
    String key = ctx.pathParam("key");
    return workers
        .find(key.replace('-', '_'))
        .orElseThrow(() -> Problems.notFound("no background worker '" + Problems.cut(key) + "'"));
  }

  private static ProblemException stale(BackgroundWorker now) {
    return new ProblemException(
        Problem.of(
                412,
                "stale_version",
                "Precondition Failed",
                now.workerName() + " was changed meanwhile; look at it again, then repeat")
            .with("version", now.version())
            .withHeader("ETag", WorkerView.of(now).tag()));
  }
}
