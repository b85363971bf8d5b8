package dev.millrace.db.takeover;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The table in which applications ask for refreshes: its pending rows are served as before. */
final class RefreshQueueTable implements DocumentedTable {
  private static final TableDefinition OURS = TableDefinition.of("V003__views", "mv_refresh_queue");
  private static final InPlace.Needs NEEDS =
      new InPlace.Needs(
          List.of("view_name"),
          Map.of("view_name", 150, "status", 7, "last_error", 2000),
          Map.of("status", List.of("pending")),
          Set.of("refresh_requested_at", "status", "attempts"),
          List.of(),
          List.of());

  @Override
  public String name() {
    return OURS.name();
  }

  @Override
  public List<Step> steps(Catalog catalog) {
    return InPlace.steps(catalog, OURS, NEEDS);
  }
}
