package dev.millrace.api.jobs;

import dev.millrace.api.access.Permission;
import dev.millrace.api.access.Principal;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.audit.Effect;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.Cursor;
import dev.millrace.api.request.JsonBody;
import dev.millrace.api.request.Query;
import dev.millrace.job.JobKind;
import dev.millrace.job.NewJob;
import dev.millrace.queue.Pauses;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /api/admin/pauses}: queues and kinds of which nothing is claimed for now. */
public final class PauseRoutes {
  private static final Logger log = LoggerFactory.getLogger(PauseRoutes.class);
  private static final Pattern KIND = Pattern.compile("\\*|" + JobKind.NAME);
  private static final Pattern QUEUE = Pattern.compile("\\*|" + NewJob.QUEUE);

  private static final int PAGE = 50;
  private static final int MAX_PAGE = 200;
  private static final String LIST = "pauses";

  private final Pauses pauses;

  private final Audit audit;

  public PauseRoutes(Pauses pauses, Audit audit) {
    this.pauses = pauses;
    this.audit = audit;
  }

  /**
   * The answer to a list.
   *
   * @param nextCursor null: this is the last page
   */
  record Page(List<Pauses.Pause> pauses, @Nullable String nextCursor) {
    Page {
      pauses = List.copyOf(pauses);
    }
  }

  public void addTo(RoutesConfig routes) {
    routes.get("/api/admin/pauses", this::list, Permission.READ, Query.Taken.QUERY);
    routes.post("/api/admin/pauses", this::pause, Permission.PAUSE_QUEUES);
    routes.delete("/api/admin/pauses", this::resume, Permission.PAUSE_QUEUES, Query.Taken.QUERY);
  }

  private void list(Context ctx) {
    Query query = Query.of(ctx, List.of("cursor", "limit"));
    int limit = query.limit(PAGE, MAX_PAGE);
    Instant after =
        query
            .text("cursor")
            .map(text -> Cursor.read(text, LIST))
            .filter(OptionalLong::isPresent)
            .map(micros -> Instant.EPOCH.plus(micros.getAsLong(), ChronoUnit.MICROS))
            .orElse(Instant.EPOCH);
    List<Pauses.Pause> found = pauses.page(after, limit);
    // a page that is full may be the last: then one that is empty follows
    String next =
        found.size() < limit
            ? null
            : Cursor.after(
                ChronoUnit.MICROS.between(Instant.EPOCH, found.get(found.size() - 1).pausedAt()),
                LIST);
    ctx.json(new Page(found, next));
  }

  private void pause(Context ctx) {
    JsonBody body = JsonBody.read(ctx, 16_384, Set.of("queue", "kind", "paused_by", "reason"));
    String queue = name(body, "queue", QUEUE);
    String kind = name(body, "kind", KIND);
    Optional<String> by = body.text("paused_by", 200);
    Optional<String> reason = body.text("reason", 2_000);
    if (queue.equals(Pauses.ALL) && kind.equals(Pauses.ALL)) {
      body.refuse("queue", "queue or kind is needed");
    }
    body.check();
    String why = Command.requiredReason(ctx, reason);
    String who = Principal.of(ctx).actingFor(by);
    Paused paused =
        audit.run(
            ctx,
            new Command("queue.pause", target(queue, kind), Optional.of(why)),
            handle -> {
              boolean isNew = pauses.pause(queue, kind, who, why);
              Pauses.Pause standing = pauses.find(queue, kind).orElseThrow(this::notThere);
              return new Effect<>(new Paused(isNew, standing), isNew ? null : standing, standing);
            });
    log.info("paused queue={} kind={} by={} new={}", queue, kind, who, paused.isNew());
    ctx.status(paused.isNew() ? 201 : 200).json(paused.standing());
  }

  private record Paused(boolean isNew, Pauses.Pause standing) {}

  private static String target(String queue, String kind) {
    return "queue " + queue + " kind " + kind;
  }

  private ProblemException notThere() {
    boolean full = pauses.page(Instant.EPOCH, Pauses.MAX_PAUSES).size() >= Pauses.MAX_PAUSES;
    return !full
        ? Problems.notFound("the pause was lifted at once")
        : new ProblemException(
            Problems.conflict(
                "too_many_pauses",
                "there are " + Pauses.MAX_PAUSES + " pauses, the most allowed; '*' pauses all"));
  }

  private static String name(JsonBody body, String field, Pattern pattern) {
    Optional<String> name = body.text(field, 100);
    name.filter(text -> !pattern.matcher(text).matches())
        .ifPresent(
            text ->
                body.refuse(
                    field,
                    field + " must be the name of a " + field + ", or *, was '" + text + "'"));
    return name.orElse(Pauses.ALL);
  }

  private void resume(Context ctx) {
    Query query = Query.of(ctx, List.of("queue", "kind"));
    String queue = query.matching("queue", QUEUE).orElse(Pauses.ALL);
    String kind = query.matching("kind", KIND).orElse(Pauses.ALL);
    boolean unused =
        audit.run(
            ctx,
            Command.of("queue.resume", target(queue, kind)),
            handle -> {
              Pauses.Pause before = pauses.find(queue, kind).orElse(null);
              if (!pauses.resume(queue, kind)) {
                throw Problems.notFound("queue '" + queue + "', kind '" + kind + "' is not paused");
              }
              return new Effect<>(true, before, null);
            });
    log.info("resumed queue={} kind={}", queue, kind);
    ctx.status(204);
  }
}
