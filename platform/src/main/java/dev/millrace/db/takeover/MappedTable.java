package dev.millrace.db.takeover;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A table that our statements use through a view of ours, {@code millrace.sync_NAME}, so that a
 * table that an installation has already may give its columns other names. Columns are found by our
 * name, by a name that others use, or by what the setting {@code millrace.columns} says; what is
 * missing is added. A view that exists is kept: the columns are found once.
 *
 * @param key the columns that must be unique together; empty: none
 * @param indexes others that are added where they are missing, by their names: lists of columns
 */
record MappedTable(
    String name, List<Column> columns, List<String> key, Map<String, List<String>> indexes)
    implements DocumentedTable {
  private static final String SETTING = "millrace.columns";
  private static final String COLUMN_EXISTS =
      "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('millrace.sync_%s') AND attname = '%s')";
  private static final String INDEXED =
      "SELECT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = 'public.%s'::regclass AND i.indpred IS NULL"
          + " AND ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])"
          + " ORDER BY array_position(i.indkey::int2[], a.attnum)) = ARRAY[%s])";

  MappedTable {
    columns = List.copyOf(columns);
    key = List.copyOf(key);
    indexes = Collections.unmodifiableMap(new TreeMap<>(indexes)); // in one order in each plan
  }

  /**
   * A column that our statements use.
   *
   * @param definition the type with which it is added; null: it must be found
   * @param types those that can carry it
   * @param references the table whose id it is
   * @param others names that installations give it
   * @param optional not every row of ours has a value
   * @param within the key of the table's {@code metadata} from which the column is filled when it
   *     is added
   */
  record Column(
      String name,
      @Nullable String definition,
      Set<String> types,
      @Nullable String references,
      List<String> others,
      boolean optional,
      @Nullable String within) {
    static final Set<String> TEXT = Set.of("text", "character varying", "character", "citext");
    static final Set<String> NUMBER = Set.of("integer", "bigint", "smallint", "numeric");
    static final Set<String> DECIMAL = Set.of("numeric", "double precision", "real");
    static final Set<String> BOOLEAN = Set.of("boolean");
    static final Set<String> TIME =
        Set.of("timestamp with time zone", "timestamp without time zone");
    private static final Set<String> ID =
        Set.of("uuid", "bigint", "integer", "text", "character varying");

    Column {
      types = Set.copyOf(types);
      others = List.copyOf(others);
    }

    static Column id(String name, String... others) {
      return new Column(name, null, ID, null, List.of(others), false, null);
    }

    static Column reference(String name, String table, String... others) {
      return new Column(name, null, ID, table, List.of(others), false, null);
    }

    static Column found(String name, Set<String> types, String... others) {
      return new Column(name, null, types, null, List.of(others), false, null);
    }

    static Column added(String name, String definition, Set<String> types, String... others) {
      return new Column(name, definition, types, null, List.of(others), false, null);
    }

    /** The same, which not every row of ours has. */
    Column orNull() {
      return new Column(name, definition, types, references, others, true, within);
    }

    /** The same, filled from {@code metadata} when it is added. */
    Column from(String key) {
      return new Column(name, definition, types, references, others, optional, key);
    }

    boolean isId() {
      return name.equals("id");
    }
  }

  @Override
  public List<Step> steps(Catalog catalog) {
    Optional<Relation> theirs = catalog.relation(name);
    String object = "table public." + name;
    if (theirs.isEmpty()) {
      Map<String, String> own = new LinkedHashMap<>();
      columns.forEach(column -> own.put(column.name(), column.name()));
      return List.of(
          new Step(
              object,
              "nothing",
              Action.CREATE,
              "by our migrations",
              List.of(),
              List.of(view(own)),
              List.of()));
    }
    if (columns.stream()
        .allMatch(column -> catalog.holds(COLUMN_EXISTS.formatted(name, column.name())))) {
      return List.of(
          Step.of(
              object,
              theirs.get().text(),
              Action.KEEP,
              "our view millrace.sync_" + name + " reads it"));
    }
    return List.of(new Taking(catalog, theirs.get()).step(object));
  }

  private String view(Map<String, String> names) {
    return "CREATE OR REPLACE VIEW millrace.sync_"
        + name
        + " AS SELECT "
        + names.entrySet().stream()
            .map(
                each ->
                    each.getKey().equals(each.getValue())
                        ? Catalog.identifier(each.getKey())
                        : Catalog.identifier(each.getValue()) + " AS " + each.getKey())
            .collect(joining(", "))
        + " FROM public."
        + name;
  }

  /** Finds the columns of one table, and what is missing. */
  private final class Taking {
    private final Catalog catalog;
    private final Relation theirs;
    private final Map<String, String> given;
    private final Map<String, String> names = new LinkedHashMap<>();
    private final List<String> statements = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();

    Taking(Catalog catalog, Relation theirs) {
      this.catalog = catalog;
      this.theirs = theirs;
      this.given = given(catalog);
    }

    Step step(String object) {
      if (!theirs.isTable()) {
        return refusal(
            object, "it must be a table; rename it, or run Millrace in another database");
      }
      if (!theirs.ours()) {
        return refusal(
            object,
            "we do not have the rights of its owner; an administrator may run: GRANT "
                + Catalog.identifier(theirs.owner())
                + " TO CURRENT_USER, or run `migrate` as "
                + theirs.owner());
      }
      columns.forEach(this::map);
      theirs.columns().forEach(this::other);
      if (refusals.isEmpty()) {
        complete();
      }
      if (!refusals.isEmpty()) {
        return refusal(object, String.join("; ", refusals));
      }
      String mapped =
          names.entrySet().stream()
              .filter(each -> !each.getKey().equals(each.getValue()))
              .map(each -> each.getValue() + " is our " + each.getKey())
              .collect(joining(", "));
      Stream.of(mapped).filter(text -> !text.isEmpty()).forEach(text -> done.add(0, text));
      return new Step(
          object,
          theirs.text(),
          Action.TAKE_OVER,
          done.isEmpty() ? "nothing is missing" : String.join("; ", done),
          statements,
          List.of(view(names)),
          List.of());
    }

    private Step refusal(String object, String why) {
      return Step.of(object, theirs.text(), Action.REFUSE, why);
    }

    private void map(Column column) {
      String chosen = given.get(name + "." + column.name());
      Optional<Relation.Column> found =
          chosen != null
              ? theirs.column(chosen)
              : Stream.concat(Stream.of(column.name()), column.others().stream())
                  .flatMap(each -> theirs.column(each).stream())
                  .filter(each -> column.types().contains(each.type()))
                  .filter(each -> !names.containsValue(each.name()))
                  .findFirst();
      if (found.isPresent()) {
        take(column, found.get());
      } else if (column.definition() == null || chosen != null) {
        refusals.add(unknown(column));
      } else {
        String free =
            theirs.column(column.name()).isEmpty() ? column.name() : "millrace_" + column.name();
        names.put(column.name(), free);
        statements.add(
            "ALTER TABLE public.%s ADD COLUMN %s %s".formatted(name, free, column.definition()));
        done.add("column " + free + " is added");
        if (column.within() != null
            && theirs.column("metadata").filter(each -> each.type().equals("jsonb")).isPresent()) {
          statements.add(
              "UPDATE public.%1$s SET %2$s = metadata->>'%3$s' WHERE metadata->>'%3$s' IS NOT NULL"
                  .formatted(name, free, column.within()));
          done.add(free + " is filled from metadata");
        }
      }
    }

    private void take(Column column, Relation.Column found) {
      names.put(column.name(), found.name());
      if (!column.types().contains(found.type())) {
        refusals.add(
            "column %s has the type %s; our %s needs one of %s"
                .formatted(
                    found.name(),
                    found.type(),
                    column.name(),
                    String.join(", ", column.types().stream().sorted().toList())));
      }
      if (column.isId() && !theirs.isUnique(List.of(found.name()))) {
        refusals.add(
            "column %s must be unique; it becomes so by: ALTER TABLE public.%s ADD PRIMARY KEY (%s)"
                .formatted(found.name(), name, Catalog.identifier(found.name())));
      }
      if (column.isId() && !found.filled()) {
        fill(found);
      } else if (!column.isId() && found.notNull() && column.optional()) {
        statements.add(
            "ALTER TABLE public.%s ALTER COLUMN %s DROP NOT NULL"
                .formatted(name, Catalog.identifier(found.name())));
        done.add("column " + found.name() + " may be null, as not every row of ours has one");
      }
      if (column.references() != null) {
        String type = typeOfId(column.references());
        if (!type.equals(found.type())) {
          refusals.add(
              "column %s has the type %s, and the id of %s is %s"
                  .formatted(found.name(), found.type(), column.references(), type));
        }
      }
    }

    private String typeOfId(String table) {
      return catalog
          .relation(table)
          .flatMap(
              relation ->
                  Stream.of("id", "supplier_id")
                      .flatMap(each -> relation.column(each).stream())
                      .findFirst())
          .map(Relation.Column::type)
          .orElse("uuid");
    }

    private String unknown(Column column) {
      return "which of its columns (%s) is our %s is not known; say it, connected to this database as this role, and run `migrate` again: ALTER ROLE CURRENT_USER SET %s = '%s'"
          .formatted(
              theirs.columns().stream().map(Relation.Column::name).collect(joining(", ")),
              column.name(),
              SETTING,
              Stream.concat(
                      given.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue()),
                      Stream.of(name + "." + column.name() + "=…"))
                  .collect(joining(", ")));
    }

    /** A column that we do not write must fill itself. */
    private void other(Relation.Column column) {
      if (!names.containsValue(column.name()) && column.notNull() && !column.filled()) {
        fill(column);
      }
    }

    private void fill(Relation.Column column) {
      String quoted = Catalog.identifier(column.name());
      if (column.type().equals("uuid")) {
        statements.add(
            "ALTER TABLE public.%s ALTER COLUMN %s SET DEFAULT gen_random_uuid()"
                .formatted(name, quoted));
        done.add("column " + column.name() + " gets a random uuid where an insert gives none");
      } else {
        refusals.add(
            "column %s must not be null and has no default, so that our inserts would fail; give it one: ALTER TABLE public.%s ALTER COLUMN %s %s"
                .formatted(
                    column.name(),
                    name,
                    quoted,
                    column.type().equals("bigint") || column.type().equals("integer")
                        ? "ADD GENERATED BY DEFAULT AS IDENTITY"
                        : "SET DEFAULT …"));
      }
    }

    /** Keys, indexes and values, once all columns are known. */
    private void complete() {
      List<String> unique = key.stream().map(each -> names.getOrDefault(each, each)).toList();
      if (!unique.isEmpty() && !theirs.isUnique(unique)) {
        String list = unique.stream().map(Catalog::identifier).collect(joining(", "));
        boolean all = unique.stream().allMatch(each -> theirs.column(each).isPresent());
        long twice =
            all
                ? catalog.number(
                    "SELECT count(*) FROM (SELECT FROM public.%s WHERE (%s) IS NOT NULL GROUP BY %s HAVING count(*) > 1) twice"
                        .formatted(name, list, list))
                : 0;
        if (twice > 0) {
          refusals.add(
              "%d values of (%s) are there more than once and must be unique; these are they: SELECT %s, count(*) FROM public.%s GROUP BY %s HAVING count(*) > 1"
                  .formatted(twice, list, list, name, list));
        }
        index(true, name + "_millrace_key", unique);
      }
      indexes.forEach(
          (index, of) ->
              index(
                  false, index, of.stream().map(each -> names.getOrDefault(each, each)).toList()));
    }

    private void index(boolean unique, String index, List<String> columnsOfIt) {
      boolean there =
          columnsOfIt.stream().allMatch(each -> theirs.column(each).isPresent())
              && catalog.holds(
                  INDEXED.formatted(
                      name,
                      columnsOfIt.stream()
                          .map(each -> "'" + each.replace("'", "''") + "'")
                          .collect(joining(", "))));
      if (!there || unique) {
        statements.add(
            "CREATE %sINDEX %s ON public.%s (%s)"
                .formatted(
                    unique ? "UNIQUE " : "",
                    index,
                    name,
                    columnsOfIt.stream().map(Catalog::identifier).collect(joining(", "))));
        done.add("index " + index + " is added");
      }
    }
  }

  /** What the setting says: {@code table.column=theirs, …}. */
  private static Map<String, String> given(Catalog catalog) {
    Map<String, String> given = new HashMap<>();
    String setting =
        catalog
            .handle()
            .select("SELECT coalesce(pg_catalog.current_setting('" + SETTING + "', true), '')")
            .mapTo(String.class)
            .one();
    for (String pair : setting.split(",", -1)) {
      String[] sides = pair.strip().split("=", 2);
      if (sides.length == 2) {
        given.put(sides[0].strip(), sides[1].strip());
      }
    }
    return given;
  }
}
