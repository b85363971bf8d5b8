package dev.millrace.api.jobs;

import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.JsonBody;
import dev.millrace.api.request.Query;
import dev.millrace.job.JobKind;
import dev.millrace.job.NewJob;
import dev.millrace.queue.Pauses;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /api/admin/pauses}: queues and kinds of which nothing is claimed for now. */
public final class PauseRoutes {
  private static final Logger log = LoggerFactory.getLogger(PauseRoutes.class);
  private static final Pattern KIND = Pattern.compile("\\*|" + JobKind.NAME);
  private static final Pattern QUEUE = Pattern.compile("\\*|" + NewJob.QUEUE);

  private final Pauses pauses;

  public PauseRoutes(Pauses pauses) {
    this.pauses = pauses;
  }

  /** The answer to a list. */
  record All(List<Pauses.Pause> pauses) {
    All {
      pauses = List.copyOf(pauses);
    }
  }

  public void addTo(RoutesConfig routes) {
    routes.get("/api/admin/pauses", ctx -> ctx.json(new All(pauses.all())));
    routes.post("/api/admin/pauses", this::pause);
    routes.delete("/api/admin/pauses", this::resume, Query.Taken.QUERY);
  }

  private void pause(Context ctx) {
    JsonBody body = JsonBody.read(ctx, 16_384, Set.of("queue", "kind", "paused_by", "reason"));
    String queue = name(body, "queue", QUEUE);
    String kind = name(body, "kind", KIND);
    Optional<String> by = body.text("paused_by", 200);
    Optional<String> reason = body.text("reason", 2_000);
    if (reason.isEmpty()) {
      body.refuse("reason", "reason is needed: whoever finds the pause wants to know");
    }
    if (queue.equals(Pauses.ALL) && kind.equals(Pauses.ALL)) {
      body.refuse("queue", "queue or kind is needed");
    }
    body.check();
    boolean isNew = pauses.pause(queue, kind, by.orElse("admin"), reason.orElse(""));
    log.info("paused queue={} kind={} by={} new={}", queue, kind, by.orElse("admin"), isNew);
    Pauses.Pause standing =
        pauses.all().stream()
            .filter(pause -> pause.queue().equals(queue) && pause.kind().equals(kind))
            .findFirst()
            .orElseThrow(() -> Problems.notFound("the pause was lifted at once"));
    ctx.status(isNew ? 201 : 200).json(standing);
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
    if (!pauses.resume(queue, kind)) {
      throw Problems.notFound("queue '" + queue + "', kind '" + kind + "' is not paused");
    }
    log.info("resumed queue={} kind={}", queue, kind);
    ctx.status(204);
  }
}
