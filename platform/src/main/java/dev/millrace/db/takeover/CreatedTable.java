package dev.millrace.db.takeover;

import java.util.List;
import java.util.Optional;

/** A documented table that is only used as our migrations create it. */
record CreatedTable(String name) implements DocumentedTable {
  @Override
  public List<Step> steps(Catalog catalog) {
    String object = "table public." + name;
    Optional<Relation> found = catalog.relation(name);
    if (found.isEmpty()) {
      return List.of(Step.of(object, "nothing", Action.CREATE, "by our migrations"));
    }
    if (catalog.exists("millrace.flyway_schema_history")) {
      return List.of(Step.of(object, found.get().text(), Action.KEEP, "as this release needs it"));
    }
    return List.of(
        Step.of(
            object,
            found.get().text(),
            Action.REFUSE,
            "ours has other columns. Way out: ALTER TABLE "
                + Catalog.quoted(name)
                + " RENAME TO "
                + name
                + "_old"));
  }
}
