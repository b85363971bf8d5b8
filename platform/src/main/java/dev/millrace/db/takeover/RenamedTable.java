package dev.millrace.db.takeover;

import java.util.List;
import java.util.Optional;

/** A table that makes room for ours, to which its rows are copied. */
record RenamedTable(String name) implements DocumentedTable {
  @Override
  public List<Step> steps(Catalog catalog) {
    String object = "table public." + name;
    Optional<Relation> theirs = catalog.relation(name);
    if (theirs.isEmpty()) {
      return List.of(Step.of(object, "nothing", Action.CREATE, "by our migrations"));
    }
    if (catalog.exists("millrace.mv_requests")) {
      return List.of(Step.of(object, theirs.get().text(), Action.KEEP, "as this release needs it"));
    }
    String old = name + "_before_millrace";
    return List.of(
        new Step(
            object,
            theirs.get().text(),
            Action.TAKE_OVER,
            "it is renamed to " + old + ", and what it holds is copied",
            List.of("ALTER TABLE public." + name + " RENAME TO " + old),
            List.of(),
            List.of("ALTER TABLE public." + old + " RENAME TO " + name)));
  }
}
