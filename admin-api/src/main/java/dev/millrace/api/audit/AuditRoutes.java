package dev.millrace.api.audit;

import dev.millrace.api.access.Permission;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.Cursor;
import dev.millrace.api.request.Query;
import dev.millrace.json.Json;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** {@code /api/admin/audit}. */
public final class AuditRoutes {
  private static final List<String> OUTCOMES = List.of("allowed", "refused");
  private static final int PAGE = 50;
  private static final int MAX_PAGE = 200;
  private static final int EXPORT_PAGE = 1_000;

  private final AuditList list;

  /** An export holds a thread of the server for as long as its client reads. */
  private final Semaphore exports = new Semaphore(1);

  public AuditRoutes(AuditList list) {
    this.list = list;
  }

  /**
   * A page of a list.
   *
   * @param nextCursor null: this is the last page
   */
  record Page(List<Entry> entries, @Nullable String nextCursor) {
    Page {
      entries = List.copyOf(entries);
    }
  }

  public void addTo(RoutesConfig routes) {
    routes.get("/api/admin/audit", this::page, Permission.READ_AUDIT, Query.Taken.QUERY);
    routes.get("/api/admin/audit/export", this::export, Permission.READ_AUDIT, Query.Taken.QUERY);
  }

  private void page(Context ctx) {
    Query query =
        Query.of(
            ctx,
            List.of("who", "action", "target", "outcome", "since", "until", "cursor", "limit"));
    AuditList.Filter filter = filter(query);
    int limit = query.limit(PAGE, MAX_PAGE);
    OptionalLong before =
        query
            .text("cursor")
            .map(text -> Cursor.read(text, filter.toString()))
            .orElse(OptionalLong.empty());
    List<Entry> found = list.page(filter, before, limit + 1);
    boolean more = found.size() > limit;
    List<Entry> entries = more ? found.subList(0, limit) : found;
    ctx.json(new Page(entries, more ? Cursor.after(last(entries), filter.toString()) : null));
  }

  private static long last(List<Entry> entries) {
    return Long.parseLong(entries.get(entries.size() - 1).id());
  }

  private static AuditList.Filter filter(Query query) {
    return new AuditList.Filter(
        query.text("who"),
        query.text("action"),
        query.text("target"),
        query.oneOf("outcome", OUTCOMES),
        moment(query, "since"),
        moment(query, "until"));
  }

  private static Optional<Instant> moment(Query query, String name) {
    return query.text(name).map(text -> moment(name, text));
  }

  private static Instant moment(String name, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw Problems.badParameter(name, text, List.of("a moment such as 2026-01-31T12:00:00Z"));
    }
  }

  /** All that passes the filter, one JSON object a line, the newest first. */
  private void export(Context ctx) throws IOException {
    AuditList.Filter filter =
        filter(Query.of(ctx, List.of("who", "action", "target", "outcome", "since", "until")));
    if (!exports.tryAcquire()) {
      throw Problems.overloaded("the audit is being exported already");
    }
    try {
      List<Entry> page = list.page(filter, OptionalLong.empty(), EXPORT_PAGE);
      ctx.contentType("application/x-ndjson")
          .header("Content-Disposition", "attachment; filename=\"millrace-audit.ndjson\"");
      OutputStream out = ctx.outputStream();
      while (!page.isEmpty()) {
        for (Entry entry : page) {
          out.write((Json.write(entry) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        page = list.page(filter, OptionalLong.of(last(page)), EXPORT_PAGE);
      }
    } finally {
      exports.release();
    }
  }
}
