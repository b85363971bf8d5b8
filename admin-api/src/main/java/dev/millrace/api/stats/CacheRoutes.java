package dev.millrace.api.stats;

import dev.millrace.api.access.Permission;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.audit.Effect;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.Query;
import dev.millrace.stats.CacheInvalidation;
import dev.millrace.stats.CacheOutbox;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /api/admin/cache-invalidations}: invalidations of caches, and sending them again. */
public final class CacheRoutes {
  private static final Logger log = LoggerFactory.getLogger(CacheRoutes.class);
  private static final List<String> STATES = List.of("pending", "sent", "failed", "not_sent");
  private static final int PAGE = 50;
  private static final int MAX_PAGE = 200;
  private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}");

  private final CacheOutbox outbox;

  private final Audit audit;

  public CacheRoutes(CacheOutbox outbox, Audit audit) {
    this.audit = audit;
    this.outbox = outbox;
  }

  /** The answer to a list. */
  record Invalidations(List<CacheInvalidation> invalidations) {
    Invalidations {
      invalidations = List.copyOf(invalidations);
    }
  }

  /** The answer to one that is sent again. */
  record Sending(String id, String jobId, String status) {}

  public void addTo(RoutesConfig routes) {
    routes.get("/api/admin/cache-invalidations", this::list, Permission.READ, Query.Taken.QUERY);
    routes.get("/api/admin/cache-invalidations/{id}", this::one, Permission.READ);
    routes.post(
        "/api/admin/cache-invalidations/{id}/send", this::send, Permission.SEND_INVALIDATIONS);
  }

  private void list(Context ctx) {
    Query query = Query.of(ctx, List.of("state", "limit"));
    ctx.json(
        new Invalidations(
            outbox.newest(query.oneOf("state", STATES), query.limit(PAGE, MAX_PAGE))));
  }

  private void one(Context ctx) {
    ctx.json(outbox.find(id(ctx)).orElseThrow(() -> absent(ctx)));
  }

  private void send(Context ctx) {
    long id = id(ctx);
    String jobId =
        audit.run(
            ctx,
            Command.of("cache.send", Long.toString(id)),
            handle -> {
              OptionalLong job = outbox.send(id);
              if (job.isEmpty()) {
                throw absent(ctx);
              }
              String made = Long.toString(job.getAsLong());
              return Effect.of(made, made);
            });
    log.info("cache invalidation sent again invalidation={} job={}", id(ctx), jobId);
    ctx.status(202)
        .header("Location", "/api/admin/jobs/" + jobId)
        .json(new Sending(ctx.pathParam("id"), jobId, "queued"));
  }

  private static long id(Context ctx) {
    String id = ctx.pathParam("id");
    if (!ID.matcher(id).matches()) {
      throw absent(ctx);
    }
    return Long.parseLong(id);
  }

  private static ProblemException absent(Context ctx) {
    return Problems.notFound("no cache invalidation '" + Problems.cut(ctx.pathParam("id")) + "'");
  }
}
