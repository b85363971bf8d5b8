package dev.millrace.api.status;

import dev.millrace.api.access.Permission;
import dev.millrace.api.events.Look;
import dev.millrace.api.problem.ProblemAnswers;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.request.EntityTags;
import dev.millrace.api.request.Query;
import dev.millrace.health.Health;
import dev.millrace.status.Status;
import dev.millrace.status.Status.Defect;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/admin/status} and {@code GET /api/admin/ingestion/status}. */
public final class StatusRoutes implements AutoCloseable {
  private static final Pattern GZIP =
      Pattern.compile(
          "(?:^|,)\\s*(?:x-)?gzip\\s*(?:;\\s*q=(?!0(?:\\.0*)?\\s*(?:,|$))[0-9.]+\\s*)?(?:,|$)",
          Pattern.CASE_INSENSITIVE);

  /** Commands whose effect the next status of this process shows, whether it is asked to or not. */
  private static final List<String> SHOWN_AT_ONCE =
      List.of(
          "/api/admin/ingestion/*",
          "/api/admin/workers/*",
          "/api/admin/materialized-views/*",
          "/api/admin/pauses");

  private final Snapshots snapshots;
  private final Changes changes;

  /**
   * The routes over a source of statuses.
   *
   * @param jdbi the database that commands change
   * @param health of this API, whose troubles are part of each status
   */
  public StatusRoutes(Supplier<Status> source, Jdbi jdbi, Health health) {
    this.snapshots = new Snapshots(source, health);
    this.changes = new Changes(jdbi);
  }

  /** The newest status, as the routes answer it. */
  public Status installation() {
    return snapshots.current().status();
  }

  public void addTo(RoutesConfig routes) {
    routes.get("/api/admin/status", this::whole, Permission.READ, Query.Taken.QUERY);
    routes.get("/api/admin/ingestion/status", this::ingestion, Permission.READ);
    SHOWN_AT_ONCE.forEach(path -> routes.after(path, this::changed));
    changes.addTo(routes);
  }

  /**
   * The newest status, read at most once a second for all that ask.
   *
   * @throws ProblemException 503, or 500 for a defect, when there has never been one
   */
  public Look look() {
    Snapshot newest = snapshots.current();
    return new Look(newest.status().sight().snapshot().ended(), newest.whole().stable());
  }

  private void changed(Context ctx) {
    if (Changes.isCommand(ctx)) {
      snapshots.changed();
    }
  }

  private void whole(Context ctx) {
    Set<String> wanted = Query.of(ctx, List.of("sections")).someOf("sections", Snapshot.SECTIONS);
    answer(ctx, snapshot -> snapshot.sections(wanted));
  }

  private void ingestion(Context ctx) {
    answer(ctx, snapshot -> snapshot.ingestion().orElseThrow(() -> unread(snapshot)));
  }

  private void answer(Context ctx, Function<Snapshot, RenderedSnapshot> part) {
    CompletableFuture<Shown> newest = snapshots.newest(Changes.atLeast(ctx));
    if (newest.isDone() && !newest.isCompletedExceptionally()) {
      send(ctx, newest.join(), part);
    } else {
      ctx.future(() -> newest.thenAccept(shown -> send(ctx, shown, part)));
    }
  }

  private static void send(Context ctx, Shown shown, Function<Snapshot, RenderedSnapshot> part) {
    RenderedSnapshot rendered = part.apply(shown.snapshot());
    List<String> degraded = new ArrayList<>(shown.snapshot().degraded());
    degraded.addAll(shown.behind());
    if (!degraded.isEmpty()) {
      // the documented shape of the ingestion status has no room for it
      ctx.header("Millrace-Degraded", String.join(", ", degraded));
    }
    if (EntityTags.isKnown(ctx, rendered.tag())) {
      return;
    }
    ctx.contentType("application/json");
    if (takesGzip(ctx.header("Accept-Encoding"))) {
      ctx.header("Content-Encoding", "gzip").result(rendered.gzip());
    } else {
      ctx.result(rendered.body());
    }
  }

  /** Whether {@code Accept-Encoding} names gzip, and not with {@code q=0} (RFC 9110 §12.5.3). */
  static boolean takesGzip(@Nullable String header) {
    return header != null && GZIP.matcher(header).find();
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
