package dev.millrace.db.takeover;

import dev.millrace.db.Sql;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** Records what was done, and plans how the documented tables are given back. */
final class Undo {
  private static final String RECORD = Sql.of(Undo.class, "record");
  private static final String RECORDED = Sql.of(Undo.class, "recorded");
  private static final String PROCESSES = Sql.of(Undo.class, "processes");
  private static final String DEPENDENTS = Sql.of(Undo.class, "dependents");
  private static final String TRIGGERS = Sql.of(Undo.class, "triggers");

  private Undo() {}

  /** Notes a step of a migration in its transaction. */
  static void record(Handle handle, Step step) {
    handle
        .createUpdate(RECORD)
        .bind("object", step.object())
        .bind("found", step.found())
        .bindArray("undo", String.class, step.undo())
        .execute();
  }

  /** A row of recorded.sql. */
  record Recorded(String object, List<String> undo) {}

  /**
   * What is done when a database is left: tables that were here before us become plain tables that
   * work without us, and the schema {@code millrace} is dropped.
   */
  static Plan plan(Handle handle, List<DocumentedTable> tables) {
    Catalog catalog = new Catalog(handle);
    if (!catalog.exists("millrace.flyway_schema_history")) {
      return new Plan(
          List.of(Step.of("schema millrace", "nothing", Action.LEAVE, "there is nothing to undo")),
          List.of());
    }
    List<Step> steps = new ArrayList<>();
    handle
        .select(PROCESSES)
        .mapTo(String.class)
        .forEach(
            process ->
                steps.add(
                    Step.of(
                        "process " + process,
                        "it works with this database",
                        Action.REFUSE,
                        "stop it, and try again a minute later")));
    handle
        .select(DEPENDENTS)
        .mapTo(String.class)
        .forEach(
            dependent ->
                steps.add(
                    Step.of(
                        dependent,
                        "it uses the schema millrace",
                        Action.REFUSE,
                        "it would be dropped with it. Way out: drop or change it")));
    List<Recorded> recorded =
        handle.select(RECORDED).map(ConstructorMapper.of(Recorded.class)).list();
    tables.forEach(
        table ->
            catalog
                .relation(table.name())
                .ifPresent(relation -> steps.add(giveBack(catalog, relation, recorded))));
    steps.add(
        new Step(
            "schema millrace",
            "our tables, functions and views",
            Action.DROP,
            "it is ours; jobs and their history go with it, and so do the triggers of watched tables."
                + " Roles stay: they are of the whole server",
            List.of(),
            List.of("DROP SCHEMA millrace CASCADE"),
            List.of()));
    return new Plan(steps, List.of());
  }

  private static Step giveBack(Catalog catalog, Relation relation, List<Recorded> recorded) {
    String object = relation.kindText() + " public." + relation.name();
    List<String> undo =
        recorded.stream()
            .filter(each -> each.object().endsWith(" public." + relation.name()))
            .flatMap(each -> reversed(each.undo()).stream())
            .toList();
    boolean theirs =
        recorded.stream().anyMatch(each -> each.object().endsWith(" public." + relation.name()));
    if (!theirs && relation.isTable() && relation.rows() == 0) {
      return new Step(
          object,
          relation.text(),
          Action.DROP,
          "it was created by us and is empty",
          Stream.concat(
                  Stream.of("DROP VIEW millrace.sync_" + relation.name())
                      .filter(sql -> catalog.exists("millrace.sync_" + relation.name())),
                  Stream.of("DROP TABLE " + Catalog.quoted(relation.name())))
              .toList(),
          List.of(),
          List.of());
    }
    List<String> statements = new ArrayList<>(triggers(catalog, relation));
    statements.addAll(undo);
    return new Step(
        object,
        relation.text(),
        Action.GIVE_BACK,
        theirs
            ? "it was here before us; its rows, and the columns that were added, stay"
            : "it was created by us and holds rows: it stays. To remove it: DROP TABLE "
                + Catalog.quoted(relation.name()),
        statements,
        List.of(),
        List.of());
  }

  private static List<String> triggers(Catalog catalog, Relation relation) {
    return catalog
        .handle()
        .createQuery(TRIGGERS)
        .bind("name", relation.name())
        .mapTo(String.class)
        .list();
  }

  private static List<String> reversed(List<String> statements) {
    List<String> reversed = new ArrayList<>(statements);
    Collections.reverse(reversed);
    return reversed;
  }
}
