package dev.millrace.db.takeover;

import dev.millrace.db.takeover.Relation.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Completes a table that exists until it can do what ours does. No condition is added to a column
 * that was there: what an application writes must not fail because of us. Rows, ids, owners,
 * grants, policies, comments, foreign keys and columns that we do not know stay. For one table of
 * one plan.
 */
public final class InPlace {
  private static final Pattern CONSTRAINT =
      Pattern.compile("(?s)CONSTRAINT (\\w+) CHECK (\\(.*\\))( NO INHERIT)?");

  private final Catalog catalog;
  private final TableDefinition ours;
  private final Relation theirs;
  private final String table;
  private final Set<String> mayBeNull;
  private final List<String> refusals = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<String> done = new ArrayList<>();
  private final List<String> before = new ArrayList<>();
  private final List<String> undo = new ArrayList<>();

  /**
   * Reads the differences.
   *
   * @param mayBeNull columns that we declare NOT NULL and read with NULLs all the same
   */
  public InPlace(Catalog catalog, TableDefinition ours, Relation theirs, Set<String> mayBeNull) {
    this.catalog = catalog;
    this.ours = ours;
    this.theirs = theirs;
    this.table = Catalog.quoted(ours.name());
    this.mayBeNull = mayBeNull;
  }

  /** The steps for a table: it is created where it is missing, else completed. */
  public static List<Step> steps(Catalog catalog, TableDefinition ours, Needs needs) {
    List<Step> steps = new ArrayList<>();
    catalog
        .elsewhere(ours.name())
        .forEach(schema -> steps.add(Step.elsewhere(schema, ours.name())));
    Optional<Relation> theirs = catalog.relation(ours.name());
    steps.add(
        theirs.isEmpty()
            ? Step.of("table public." + ours.name(), "nothing", Action.CREATE, "by our migrations")
            : new InPlace(catalog, ours, theirs.get(), needs.mayBeNull()).step(needs));
    return steps;
  }

  /**
   * What a table must have beside its columns.
   *
   * @param key the columns that must be unique; empty: none
   * @param lengths how long {@code varchar} columns must be; shorter ones become {@code text}
   * @param writes the words that we write to a column, which its conditions must accept
   * @param mayBeNull columns that we declare NOT NULL and read with NULLs all the same
   * @param rows what is done with the rows when the table is first taken over, before the
   *     migrations
   * @param afterwards the same after the migrations
   */
  public record Needs(
      List<String> key,
      Map<String, Integer> lengths,
      Map<String, List<String>> writes,
      Set<String> mayBeNull,
      List<String> rows,
      List<String> afterwards) {
    /** Of a table that gets no words. */
    public Needs(
        List<String> key,
        Map<String, Integer> lengths,
        Set<String> mayBeNull,
        List<String> rows,
        List<String> afterwards) {
      this(key, lengths, Map.of(), mayBeNull, rows, afterwards);
    }
  }

  private Step step(Needs needs) {
    String object = theirs.kindText() + " public." + ours.name();
    boolean first = !catalog.exists("millrace.flyway_schema_history");
    if (usable()) {
      ours.columns().forEach(this::column);
      theirs.columns().forEach(this::foreignColumn);
      needs.lengths().forEach(this::length);
      needs.writes().forEach(this::words);
      if (!needs.key().isEmpty()) {
        key(needs.key());
      }
      ours.constraints().forEach(this::constraint);
      catalog.triggerMakers(ours.name()).forEach(this::triggerMaker);
    }
    if (!refusals.isEmpty()) {
      return Step.of(object, theirs.text(), Action.REFUSE, String.join("; ", refusals));
    }
    if (before.isEmpty() && !first) {
      return Step.of(object, theirs.text(), Action.KEEP, said("as this release needs it"));
    }
    if (first) {
      before.addAll(needs.rows());
    }
    return new Step(
        object,
        theirs.text(),
        Action.TAKE_OVER,
        said(done.isEmpty() ? "nothing is missing" : String.join("; ", done)),
        before,
        first ? needs.afterwards() : List.of(),
        undo);
  }

  private String said(String what) {
    return notes.isEmpty() ? what : what + ". Note: " + String.join("; ", notes);
  }

  private boolean usable() {
    if (!theirs.isTable()) {
      refuse(
          "it is a " + theirs.kindText() + ", and we write rows to it",
          "ALTER "
              + theirs.kindText().toUpperCase(Locale.ROOT)
              + " "
              + table
              + " RENAME TO "
              + ours.name()
              + "_old");
    } else if (!theirs.ours()) {
      refuse(
          "its owner " + theirs.owner() + " is not a role of ours",
          "ALTER TABLE "
              + table
              + " OWNER TO "
              + me()
              + "; or GRANT "
              + theirs.owner()
              + " TO "
              + me());
    } else if (theirs.forced()) {
      refuse(
          "its row security also applies to its owner, so that rows would be hidden from us",
          "ALTER TABLE " + table + " NO FORCE ROW LEVEL SECURITY");
    }
    return refusals.isEmpty();
  }

  private String me() {
    return catalog.handle().select("SELECT quote_ident(current_user)").mapTo(String.class).one();
  }

  private void refuse(String what, String wayOut) {
    refusals.add(what + ". Way out: " + wayOut);
  }

  private void column(TableDefinition.Column our) {
    Optional<Column> their = theirs.column(our.name());
    if (their.isEmpty() && our.notNull() && our.value().isEmpty() && !our.identity()) {
      refuse(
          "it has no column " + our.name(),
          "ALTER TABLE "
              + table
              + " RENAME COLUMN … TO "
              + our.name()
              + ", or rename the table if it has another purpose");
      return;
    }
    if (their.isEmpty()) {
      alter("ADD COLUMN " + our.name() + " " + our.definition().replace(" PRIMARY KEY", ""));
      done.add("add " + our.name());
      return;
    }
    if (our.identity()) {
      identity(our, their.get());
      return;
    }
    if (!ColumnTypes.fit(our, their.get())) {
      refuse(
          "its column "
              + our.name()
              + " has the type "
              + their.get().type()
              + ", ours has "
              + our.type(),
          "ALTER TABLE " + table + " RENAME COLUMN " + our.name() + " TO " + our.name() + "_old");
      return;
    }
    if (their.get().type().equals("timestamp without time zone")) {
      notes.add(our.name() + " has no time zone: it is read and written in UTC");
    }
    value(our, their.get());
    nulls(our, their.get());
  }

  /** An id of any type that can give itself a value. */
  private void identity(TableDefinition.Column our, Column their) {
    if (their.filled() || !their.notNull()) {
      return;
    }
    String column = our.name();
    switch (their.type()) {
      case "uuid" -> defaultOf(column, "gen_random_uuid()");
      case "text", "character varying" -> defaultOf(column, "gen_random_uuid()::text");
      case "smallint", "integer", "bigint" -> {
        alter("ALTER COLUMN " + column + " ADD GENERATED BY DEFAULT AS IDENTITY");
        before.add(
            "SELECT setval(pg_get_serial_sequence('"
                + table
                + "', '"
                + column
                + "'), coalesce((SELECT max("
                + column
                + ") FROM "
                + table
                + "), 0) + 1, false)");
        undo("ALTER COLUMN " + column + " DROP IDENTITY");
        done.add(column + " gives itself a number");
      }
      default ->
          refuse(
              "its column " + column + " of type " + their.type() + " has no default",
              "ALTER TABLE " + table + " ALTER COLUMN " + column + " SET DEFAULT …");
    }
  }

  private void defaultOf(String column, String value) {
    alter("ALTER COLUMN " + column + " SET DEFAULT " + value);
    undo("ALTER COLUMN " + column + " DROP DEFAULT");
    done.add(column + " has the default " + value);
  }

  private void value(TableDefinition.Column our, Column their) {
    boolean needed = their.notNull() || (our.notNull() && !mayBeNull.contains(our.name()));
    if (needed && our.value().isPresent() && !their.filled()) {
      defaultOf(our.name(), our.value().get());
    }
  }

  private void nulls(TableDefinition.Column our, Column their) {
    if (!our.notNull() && their.notNull()) {
      alter("ALTER COLUMN " + our.name() + " DROP NOT NULL");
      done.add(our.name() + " may be NULL");
    }
    if (!our.notNull() || their.notNull() || mayBeNull.contains(our.name())) {
      return;
    }
    String column = our.name();
    long without =
        catalog.number("SELECT count(*) FROM " + table + " WHERE " + column + " IS NULL");
    if (without > 0 && our.value().isEmpty()) {
      refuse(
          without + " of its rows have no " + column,
          "give them one, or DELETE FROM " + table + " WHERE " + column + " IS NULL");
      return;
    }
    if (without > 0) {
      before.add(
          "UPDATE "
              + table
              + " SET "
              + column
              + " = "
              + our.value().get()
              + " WHERE "
              + column
              + " IS NULL");
      done.add(without + " rows without " + column + " get " + our.value().get());
    }
    alter("ALTER COLUMN " + column + " SET NOT NULL");
    undo("ALTER COLUMN " + column + " DROP NOT NULL");
  }

  private void length(String column, int needed) {
    theirs
        .column(column)
        .filter(their -> their.length() > 0 && their.length() < needed)
        .ifPresent(
            their -> {
              alter("ALTER COLUMN " + column + " TYPE text");
              done.add(column + " has room for " + needed + " characters");
            });
  }

  private void triggerMaker(String role) {
    notes.add(
        role
            + " may create triggers on it, which would run with our rights: REVOKE TRIGGER ON "
            + table
            + " FROM "
            + role);
  }

  private void words(String column, List<String> words) {
    for (Catalog.Condition condition : catalog.conditions(ours.name(), column)) {
      List<String> refused =
          words.stream().filter(word -> !catalog.accepts(condition, column, word)).toList();
      if (!refused.isEmpty()) {
        refuse(
            "its constraint " + condition.name() + " does not accept the " + column + " " + refused,
            "ALTER TABLE "
                + table
                + " DROP CONSTRAINT "
                + Catalog.identifier(condition.name())
                + ", and add it with these words");
      }
    }
  }

  private void foreignColumn(Column their) {
    if (their.notNull()
        && !their.filled()
        && ours.columns().stream().noneMatch(our -> our.name().equals(their.name()))) {
      refuse(
          "its column " + their.name() + " is NOT NULL without a default, and we do not know it",
          "ALTER TABLE "
              + table
              + " ALTER COLUMN "
              + Catalog.identifier(their.name())
              + " SET DEFAULT …");
    }
  }

  private void key(List<String> columns) {
    if (theirs.isUnique(columns)) {
      return;
    }
    String list = String.join(", ", columns);
    Optional<String> twice =
        columns.stream().allMatch(column -> theirs.column(column).isPresent())
            ? catalog.duplicate(ours.name(), list)
            : Optional.empty();
    if (twice.isPresent()) {
      refuse(
          "it has several rows with the " + list + " '" + twice.get() + "'", "leave one of them");
      return;
    }
    String name = ours.name() + "_" + String.join("_", columns) + "_key";
    alter("ADD CONSTRAINT " + name + " UNIQUE (" + list + ")");
    undo("DROP CONSTRAINT " + name);
    done.add(list + " is unique");
  }

  private void constraint(String text) {
    Matcher named = CONSTRAINT.matcher(text);
    if (named.matches()) {
      check(named.group(1), named.group(2));
    }
  }

  /** A condition that existing rows break is left out. */
  private void check(String name, String condition) {
    if (theirs.constraints().contains(name)) {
      return;
    }
    boolean readable =
        ours.columns().stream()
            .filter(our -> condition.matches("(?s).*\\b" + our.name() + "\\b.*"))
            .allMatch(our -> theirs.column(our.name()).isPresent());
    long broken =
        readable
            ? catalog.number(
                "SELECT count(*) FROM " + table + " WHERE NOT coalesce(" + condition + ", true)")
            : 0;
    if (broken > 0) {
      notes.add(
          "the condition CHECK "
              + condition
              + " is left out, because "
              + broken
              + " rows do not meet it");
      return;
    }
    alter("ADD CONSTRAINT " + name + " CHECK " + condition);
    undo("DROP CONSTRAINT " + name);
  }

  private void alter(String what) {
    before.add("ALTER TABLE " + table + " " + what);
  }

  private void undo(String what) {
    undo.add("ALTER TABLE " + table + " " + what);
  }
}
