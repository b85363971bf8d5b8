package dev.millrace.api.views;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.access.Permission;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.audit.Effect;
import dev.millrace.api.jobs.JobCompletionWaiter;
import dev.millrace.api.problem.Problem.FieldError;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.Query;
import dev.millrace.api.why.Why;
import dev.millrace.db.RefusedException;
import dev.millrace.job.Enqueued;
import dev.millrace.job.Trigger;
import dev.millrace.json.Json;
import dev.millrace.mv.BlockedSession;
import dev.millrace.mv.Freshness;
import dev.millrace.mv.Statistics;
import dev.millrace.mv.TableLockedException;
import dev.millrace.mv.ViewDetail;
import dev.millrace.mv.ViewRegistration;
import dev.millrace.mv.ViewRegistry;
import dev.millrace.mv.ViewStatus;
import dev.millrace.mv.ViewWatch;
import dev.millrace.mv.Views;
import dev.millrace.status.Reasons;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
  private final Reasons reasons;
  private final GroupRefresh groups;

  private final Audit audit;

  public ViewRoutes(
      Views views, ViewRegistry registry, Reasons reasons, JobCompletionWaiter ends, Audit audit) {
    this.audit = audit;
    this.reasons = reasons;
    this.views = views;
    this.registry = registry;
    this.groups = new GroupRefresh(views, ends, audit);
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
    routes.get(VIEWS, this::list, Permission.READ, Query.Taken.QUERY);
    routes.get(
        VIEWS + "/blocking", ctx -> ctx.json(new Blocking(views.blocking())), Permission.READ);
    routes.get(VIEWS + "/{name}", ctx -> ctx.json(named(ctx)), Permission.READ);
    routes.get(VIEWS + "/{name}/why", this::why, Permission.READ);
    routes.put(VIEWS + "/{name}", this::register, Permission.CHANGE_VIEWS);
    routes.delete(VIEWS + "/{name}", this::unregister, Permission.CHANGE_VIEWS);
    routes.post(VIEWS + "/{name}/refresh", this::refresh, Permission.REFRESH_VIEWS);
    routes.put(VIEWS + "/{name}/watches/{source}", this::watch, Permission.CHANGE_VIEWS);
    routes.delete(VIEWS + "/{name}/watches/{source}", this::unwatch, Permission.CHANGE_VIEWS);
    routes.post(
        "/api/admin/refresh-wip-views",
        ctx -> groups.answer(ctx, "wip", "WIP"),
        Permission.REFRESH_VIEWS);
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

  private void why(Context ctx) {
    ctx.json(Why.of(reasons.ofView(name(ctx)).orElseThrow(() -> absent(ctx))));
  }

  private void register(Context ctx) {
    ViewRegistration wanted = ViewRequests.registration(ctx, name(ctx));
    String known =
        changed(ctx, "view.register", name(ctx), () -> orProblem(() -> registry.register(wanted)));
    log.info("view registered view={}", known);
    ctx.json(views.find(known).orElseThrow(() -> absent(ctx)));
  }

  private void unregister(Context ctx) {
    boolean unused =
        changed(
            ctx,
            "view.unregister",
            name(ctx),
            () -> orAbsent(orProblem(() -> registry.unregister(name(ctx))), () -> absent(ctx)));
    log.info("view unregistered view={}", name(ctx));
    ctx.status(204);
  }

  private void watch(Context ctx) {
    ViewWatch wanted = ViewRequests.watch(ctx, ctx.pathParam("source"));
    String known =
        changed(
            ctx, "view.watch", name(ctx), () -> orProblem(() -> registry.watch(name(ctx), wanted)));
    log.info("table watched view={} source={}", known, ctx.pathParam("source"));
    ctx.json(views.find(known).orElseThrow(() -> absent(ctx)));
  }

  private void unwatch(Context ctx) {
    String source = ctx.pathParam("source");
    boolean unused =
        changed(
            ctx,
            "view.unwatch",
            name(ctx),
            () ->
                orAbsent(
                    orProblem(() -> registry.unwatch(name(ctx), source)),
                    () ->
                        Problems.notFound(
                            "no watch of '"
                                + Problems.cut(source)
                                + "' for '"
                                + Problems.cut(name(ctx))
                                + "'")));
    log.info("table watched no more view={} source={}", name(ctx), source);
    ctx.status(204);
  }

  private void refresh(Context ctx) {
    Enqueued refresh =
        audit.run(
            ctx,
            Command.of("view.refresh", name(ctx)),
            handle -> {
              Enqueued enqueued =
                  views.refresh(name(ctx), Trigger.API).orElseThrow(() -> absent(ctx));
              return Effect.of(enqueued, enqueued);
            });
    log.info("refresh asked for view={} job={}", name(ctx), refresh.jobId());
    ctx.status(202)
        .header("Location", "/api/admin/jobs/" + refresh.jobId())
        .json(
            new Asked(
                name(ctx),
                Long.toString(refresh.jobId()),
                refresh.created() ? "queued" : "joined"));
  }

  /** A change of the registry, with its rows about the view before and after it. */
  private <T> T changed(Context ctx, String action, String view, Supplier<T> change) {
    return audit.run(
        ctx,
        Command.of(action, view),
        handle -> {
          JsonNode before = registered(view);
          T value = change.get();
          return new Effect<>(value, before, registered(view));
        });
  }

  private @Nullable JsonNode registered(String view) {
    return views.registered(view).map(Json::tree).orElse(null);
  }

  private static boolean orAbsent(boolean found, Supplier<ProblemException> absent) {
    if (!found) {
      throw absent.get();
    }
    return true;
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
