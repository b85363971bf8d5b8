package dev.millrace.db.takeover;

import dev.millrace.db.Sql;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The table of background workers. What its rows say is an admin's choice and stays; a row without
 * a kind is shown and never scheduled, except those of our own names, which get theirs.
 */
final class BackgroundWorkersTable implements DocumentedTable {
  private static final TableDefinition OURS =
      TableDefinition.of("V002__background_workers", "background_workers");
  private static final InPlace.Needs NEEDS =
      new InPlace.Needs(
          List.of("worker_name"),
          Map.of(
              "worker_name",
              100,
              "display_name",
              200,
              "last_status",
              20,
              "last_error_message",
              2000),
          Map.of("last_status", List.of("running", "success", "error")),
          Set.of(),
          List.of(Sql.of(BackgroundWorkersTable.class, "adminSet")),
          List.of(
              Sql.of(BackgroundWorkersTable.class, "kinds"),
              Sql.of(BackgroundWorkersTable.class, "seeded")));

  @Override
  public String name() {
    return OURS.name();
  }

  @Override
  public List<Step> steps(Catalog catalog) {
    return InPlace.steps(catalog, OURS, NEEDS);
  }
}
