package dev.millrace.db.takeover;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The history of refreshes: what others have written stays, also a refresh that never ended. */
final class RefreshLogTable implements DocumentedTable {
  private static final TableDefinition OURS = TableDefinition.of("V003__views", "mv_refresh_log");
  private static final InPlace.Needs NEEDS =
      new InPlace.Needs(
          List.of(),
          Map.of("view_name", 150, "status", 7, "error_message", 10_000),
          Map.of("status", List.of("success", "error")),
          Set.of("view_name", "status", "duration_ms", "refresh_completed_at", "trigger"),
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
