package dev.millrace.api.ingestion;

import dev.millrace.api.access.Permission;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.Cursor;
import dev.millrace.api.request.Query;
import dev.millrace.job.read.Page;
import dev.millrace.sync.ParsingLogs;
import dev.millrace.sync.Syncs;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * What syncs did: {@code /api/admin/ingestion/logs}, {@code …/syncs} and {@code …/syncs/{id}}, in
 * keyset pages.
 */
public final class SyncHistoryRoutes {
  private static final int PAGE = 50;
  private static final int MAX_PAGE = 200;
  private static final String SYNCS = "syncs";
  private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,13}");
  private static final Pattern TEXT = Pattern.compile("[^\\x00]{1,200}");

  private final ParsingLogs logs;
  private final Syncs syncs;

  public SyncHistoryRoutes(Jdbi jdbi) {
    this.logs = new ParsingLogs(jdbi);
    this.syncs = new Syncs(jdbi);
  }

  /**
   * A page of the log.
   *
   * @param nextCursor null: this is the last page
   */
  record LogPage(List<ParsingLogs.Entry> logs, @Nullable String nextCursor) {
    LogPage {
      logs = List.copyOf(logs);
    }
  }

  /** A page of the history; the cursor as in {@link LogPage}. */
  record SyncPage(List<Syncs.Sync> syncs, @Nullable String nextCursor) {
    SyncPage {
      syncs = List.copyOf(syncs);
    }
  }

  /** One sync with a page of its suppliers; the cursor as in {@link LogPage}. */
  record SyncDetail(
      Syncs.Sync sync, List<Syncs.SupplierJob> suppliers, @Nullable String nextCursor) {
    SyncDetail {
      suppliers = List.copyOf(suppliers);
    }
  }

  public void addTo(RoutesConfig routes) {
    routes.get("/api/admin/ingestion/logs", this::logs, Permission.READ, Query.Taken.QUERY);
    routes.get("/api/admin/ingestion/syncs", this::list, Permission.READ, Query.Taken.QUERY);
    routes.get("/api/admin/ingestion/syncs/{id}", this::one, Permission.READ, Query.Taken.QUERY);
  }

  private void logs(Context ctx) {
    Query query = Query.of(ctx, List.of("supplier", "type", "from", "until", "cursor", "limit"));
    ParsingLogs.Filter filter =
        new ParsingLogs.Filter(
            query.matching("supplier", TEXT),
            query.matching("type", TEXT),
            query.moment("from"),
            query.moment("until"));
    Optional<ParsingLogs.Place> after =
        query
            .text("cursor")
            .map(text -> Cursor.readPlace(text, filter.toString(), ParsingLogs.Place::parse));
    ParsingLogs.Page page = logs.page(filter, after, query.limit(PAGE, MAX_PAGE));
    ctx.json(
        new LogPage(
            page.entries(),
            page.next()
                .map(place -> Cursor.afterText(place.text(), filter.toString()))
                .orElse(null)));
  }

  private void list(Context ctx) {
    Query query = Query.of(ctx, List.of("cursor", "limit"));
    Page<Syncs.Sync> page = syncs.list(place(query, SYNCS), query.limit(PAGE, MAX_PAGE));
    ctx.json(new SyncPage(page.entries(), next(page, SYNCS)));
  }

  private void one(Context ctx) {
    Query query = Query.of(ctx, List.of("cursor", "limit"));
    String text = ctx.pathParam("id");
    Syncs.Sync sync =
        Optional.of(text)
            .filter(id -> ID.matcher(id).matches())
            .flatMap(id -> syncs.find(Long.parseLong(id)))
            .orElseThrow(() -> Problems.notFound("no sync '" + Problems.cut(text) + "'"));
    String list = "suppliers of sync " + sync.id();
    Page<Syncs.SupplierJob> page =
        syncs.suppliers(sync.id(), place(query, list), query.limit(PAGE, MAX_PAGE));
    ctx.json(new SyncDetail(sync, page.entries(), next(page, list)));
  }

  private static OptionalLong place(Query query, String list) {
    return query.text("cursor").map(text -> Cursor.read(text, list)).orElse(OptionalLong.empty());
  }

  private static @Nullable String next(Page<?> page, String list) {
    return page.next().isPresent() ? Cursor.after(page.next().getAsLong(), list) : null;
  }
}
