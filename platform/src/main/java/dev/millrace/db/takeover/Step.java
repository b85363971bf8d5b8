package dev.millrace.db.takeover;

import java.util.List;

/**
 * What is done with one object.
 *
 * @param object such as {@code table public.suppliers}
 * @param found what the catalog has under that name
 * @param why the reason; of a refusal also the way out
 * @param before statements that run before the migrations
 * @param after statements that run after them
 * @param undo statements that give the object back, in the order of {@code before} and {@code
 *     after}; they run in reverse order, before the schema {@code millrace} is dropped
 */
public record Step(
    String object,
    String found,
    Action action,
    String why,
    List<String> before,
    List<String> after,
    List<String> undo) {
  public Step {
    before = List.copyOf(before);
    after = List.copyOf(after);
    undo = List.copyOf(undo);
  }

  /** A step without statements. */
  public static Step of(String object, String found, Action action, String why) {
    return new Step(object, found, action, why, List.of(), List.of(), List.of());
  }

  /** A table of a documented name in another schema than {@code public}. */
  static Step elsewhere(String schema, String table) {
    return of(
        "table " + schema + "." + table,
        "a table of this name in the schema " + schema,
        Action.LEAVE,
        "only tables in the schema public are taken over; to have it taken over: ALTER TABLE "
            + Catalog.identifier(schema)
            + "."
            + table
            + " SET SCHEMA public");
  }

  /** Whether it changes anything by its own statements. */
  public boolean changes() {
    return !before.isEmpty() || !after.isEmpty();
  }
}
