package dev.millrace.api.views;

import dev.millrace.api.jobs.JobCompletionWaiter;
import dev.millrace.api.problem.Problem.FieldError;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.Query;
import dev.millrace.db.RefusedException;
import dev.millrace.job.Enqueued;
import dev.millrace.job.Trigger;
import dev.millrace.mv.BlockedSession;
import dev.millrace.mv.Freshness;
import dev.millrace.mv.Statistics;
import dev.millrace.mv.TableLockedException;
import dev.millrace.mv.ViewDetail;
import dev.millrace.mv.ViewRegistration;
import dev.millrace.mv.ViewRegistry;
import dev.millrace.mv.ViewStatus;
import dev.millrace.mv.Views;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /api/admin/materialized-views}; views answer to any spelling of their names. */
public final class ViewRoutes {
  private static final Logger log = LoggerFactory.getLogger(ViewRoutes.class);
  private static final String VIEWS = "/api/admin/materialized-views";
  private static final List<String> STATUSES =
      Arrays.stream(Freshness.values()).map(Freshness::name).toList();

  private final Views views;
  private final ViewRegistry registry;
  private final GroupRefresh groups;

  public ViewRoutes(Views views, ViewRegistry registry, JobCompletionWaiter ends) {
    this.views = views;
    this.registry = registry;
    this.groups = new GroupRefresh(views, ends);
  }

  /**
   * The answer to a list.
   *
   * @param statistics of the last 24 hours
   * @param unknownRequests names that triggers ask for and that name no view
   */
  record ViewList(List<ViewStatus> views, Statistics statistics, List<String> unknownRequests) {
    ViewList {
      views = List.copyOf(views);
      unknownRequests = List.copyOf(unknownRequests);
    }
  }

  /** Waiting sessions and the sessions that block them, the longest wait first. */
  record Blocking(List<BlockedSession> sessions) {
    Blocking {
      sessions = List.copyOf(sessions);
    }
  }

  /**
   * The answer to a refresh that was asked for.
   *
   * @param status {@code queued}, or {@code joined}: one was under way; when it has begun already,
   *     another follows it
   */
  record Asked(String viewName, String jobId, String status) {}

  public void addTo(RoutesConfig routes) {
    routes.get(VIEWS, this::list, Query.Taken.QUERY);
    routes.get(VIEWS + "/blocking", ctx -> ctx.json(new Blocking(views.blocking())));
    routes.get(VIEWS + "/{name}", ctx -> ctx.json(named(ctx)));
    routes.put(VIEWS + "/{name}", this::register);
    routes.delete(VIEWS + "/{name}", this::unregister);
    routes.post(VIEWS + "/{name}/refresh", this::refresh);
    routes.put(VIEWS + "/{name}/watches/{source}", this::watch);
    routes.delete(VIEWS + "/{name}/watches/{source}", this::unwatch);
    routes.post("/api/admin/refresh-wip-views", ctx -> groups.answer(ctx, "wip", "WIP"));
  }

  private void list(Context ctx) {
    Query query = Query.of(ctx, List.of("status", "group"));
    Optional<Freshness> status = query.oneOf("status", STATUSES).map(Freshness::valueOf);
    Optional<String> group = query.text("group");
    List<ViewStatus> found =
        views.all().stream()
            .filter(view -> status.isEmpty() || view.status() == status.get())
            .filter(view -> group.isEmpty() || group.get().equals(view.viewGroup()))
            .toList();
    ctx.json(new ViewList(found, views.statistics(), views.strangers()));
  }

  private void register(Context ctx) {
    ViewRegistration wanted = ViewRequests.registration(ctx, name(ctx));
    String known = orProblem(() -> registry.register(wanted));
    log.info("view registered view={}", known);
    ctx.json(views.find(known).orElseThrow(() -> absent(ctx)));
  }

  private void unregister(Context ctx) {
    if (!orProblem(() -> registry.unregister(name(ctx)))) {
      throw absent(ctx);
    }
    log.info("view unregistered view={}", name(ctx));
    ctx.status(204);
  }

  private void watch(Context ctx) {
    String known =
        orProblem(
            () -> registry.watch(name(ctx), ViewRequests.watch(ctx, ctx.pathParam("source"))));
    log.info("table watched view={} source={}", known, ctx.pathParam("source"));
    ctx.json(views.find(known).orElseThrow(() -> absent(ctx)));
  }

  private void unwatch(Context ctx) {
    String source = ctx.pathParam("source");
    if (!orProblem(() -> registry.unwatch(name(ctx), source))) {
      throw Problems.notFound(
          "no watch of '" + Problems.cut(source) + "' for '" + Problems.cut(name(ctx)) + "'");
    }
    log.info("table watched no more view={} source={}", name(ctx), source);
    ctx.status(204);
  }

  private void refresh(Context ctx) {
    Enqueued refresh = views.refresh(name(ctx), Trigger.API).orElseThrow(() -> absent(ctx));
    log.info("refresh asked for view={} job={}", name(ctx), refresh.jobId());
    ctx.status(202)
        .header("Location", "/api/admin/jobs/" + refresh.jobId())
        .json(
            new Asked(
                name(ctx),
                Long.toString(refresh.jobId()),
                refresh.created() ? "queued" : "joined"));
  }

  private static <T> T orProblem(Supplier<T> change) {
    try {
      return change.get();
    } catch (TableLockedException e) {
      throw new ProblemException(Problems.conflict("locked", String.valueOf(e.getMessage())));
    } catch (RefusedException e) {
      if (e.field().equals("view")) {
        throw Problems.notFound(String.valueOf(e.getMessage()));
      }
      String name = ViewRequests.fieldNamed(e.field());
      throw Problems.invalid(List.of(new FieldError("/" + name, String.valueOf(e.getMessage()))));
    }
  }

  private ViewDetail named(Context ctx) {
    return views.find(name(ctx)).orElseThrow(() -> absent(ctx));
  }

  private static String name(Context ctx) {
    String name = ctx.pathParam("name");
    if (name.isBlank() || name.length() > ViewRegistration.LONGEST_NAME) {
      throw absent(ctx);
    }
    return name;
  }

  private static ProblemException absent(Context ctx) {
    return Problems.notFound(
        "no materialized view '" + Problems.cut(ctx.pathParam("name")) + "' is known");
  }
}
