package dev.millrace.api.status;

import dev.millrace.api.problem.ProblemAnswers;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.request.EntityTags;
import dev.millrace.health.Health;
import dev.millrace.status.Status;
import dev.millrace.status.Status.Defect;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.List;
import java.util.function.Supplier;

/** {@code GET /api/admin/status} and {@code GET /api/admin/ingestion/status}. */
public final class StatusRoutes implements AutoCloseable {
  private final Snapshots snapshots;

  /**
   * The routes over a source of statuses.
   *
   * @param health of this API, whose troubles are part of each status
   */
  public StatusRoutes(Supplier<Status> source, Health health) {
    this.snapshots = new Snapshots(source, health);
  }

  public void addTo(RoutesConfig routes) {
    routes.get("/api/admin/status", ctx -> answer(ctx, snapshots.current(), false));
    routes.get("/api/admin/ingestion/status", ctx -> answer(ctx, snapshots.current(), true));
    List.of("/api/admin/ingestion/*", "/api/admin/workers/*")
        .forEach(path -> routes.after(path, this::changed));
  }

  /** What an admin has changed is in the next status that is asked of this process. */
  private void changed(Context ctx) {
    if (!ctx.method().equals(HandlerType.GET) && ctx.statusCode() < 300) {
      snapshots.changed();
    }
  }

  private static void answer(Context ctx, Snapshot snapshot, boolean ingestionOnly) {
    RenderedSnapshot rendered =
        ingestionOnly ? snapshot.ingestion().orElseThrow(() -> unread(snapshot)) : snapshot.whole();
    if (!snapshot.degraded().isEmpty()) {
      // the documented shape of the ingestion status has no room for it
      ctx.header("Millrace-Degraded", String.join(", ", snapshot.degraded()));
    }
    if (!EntityTags.isKnown(ctx, rendered.tag())) {
      ctx.contentType("application/json").result(rendered.body());
    }
  }

  private static ProblemException unread(Snapshot snapshot) {
    String traceId =
        snapshot.status().defects().stream()
            .filter(defect -> defect.part().equals("ingestion"))
            .map(Defect::traceId)
            .findFirst()
            .orElse("");
    return new ProblemException(
        ProblemAnswers.internal(
            "internal_error",
            "the status of the master sync cannot be read; the log has the trace_id",
            traceId));
  }

  @Override
  public void close() {
    snapshots.close();
  }
}
