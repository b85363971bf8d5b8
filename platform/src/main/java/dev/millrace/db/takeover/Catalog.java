package dev.millrace.db.takeover;

import dev.millrace.db.Sql;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** Reads what a database has. Every method reads; none changes anything. */
public final class Catalog {
  private static final String RELATION = Sql.of(Catalog.class, "relation");
  private static final String COLUMNS = Sql.of(Catalog.class, "columns");
  private static final String KEYS = Sql.of(Catalog.class, "keys");
  private static final String CONSTRAINTS = Sql.of(Catalog.class, "constraints");
  private static final String TRIGGER_MAKERS = Sql.of(Catalog.class, "triggerMakers");
  private static final String CONDITIONS = Sql.of(Catalog.class, "conditions");
  private static final String ELSEWHERE = Sql.of(Catalog.class, "elsewhere");

  private static final String COUNT = "SELECT count(*) FROM (SELECT FROM %s LIMIT %d) counted";

  private final Handle handle;

  public Catalog(Handle handle) {
    this.handle = handle;
  }

  /** The open transaction, for reads of one's own. Names are read under {@code pg_catalog}. */
  public Handle handle() {
    return handle;
  }

  /** A row of relation.sql. */
  record Head(String kind, String owner, boolean ours, boolean forced) {}

  /** A row of keys.sql. */
  record Key(List<String> columns) {}

  /** What the schema {@code public} has under this name; empty: nothing. */
  public Optional<Relation> relation(String name) {
    return handle
        .createQuery(RELATION)
        .bind("name", name)
        .map(ConstructorMapper.of(Head.class))
        .findOne()
        .map(head -> relation(name, head));
  }

  private Relation relation(String name, Head head) {
    boolean table = head.kind().equals("r") || head.kind().equals("p");
    return new Relation(
        name,
        head.kind(),
        head.owner(),
        head.ours(),
        head.forced(),
        table && head.ours() ? number(COUNT.formatted(quoted(name), Relation.COUNTED + 1)) : 0,
        handle
            .createQuery(COLUMNS)
            .bind("name", name)
            .map(ConstructorMapper.of(Relation.Column.class))
            .list(),
        handle.createQuery(KEYS).bind("name", name).map(ConstructorMapper.of(Key.class)).stream()
            .map(Key::columns)
            .toList(),
        handle.createQuery(CONSTRAINTS).bind("name", name).mapTo(String.class).list());
  }

  /** The schemas other than {@code public} and ours that have a table of this name. */
  public List<String> elsewhere(String name) {
    return handle.createQuery(ELSEWHERE).bind("name", name).mapTo(String.class).list();
  }

  /** The roles besides the owner that may create triggers on a table of {@code public}. */
  public List<String> triggerMakers(String table) {
    return handle.createQuery(TRIGGER_MAKERS).bind("name", table).mapTo(String.class).list();
  }

  /** A condition on one column. */
  public record Condition(String name, String expression) {}

  /** The conditions that a table of {@code public} has on one column alone. */
  public List<Condition> conditions(String table, String column) {
    return handle
        .createQuery(CONDITIONS)
        .bind("name", table)
        .bind("column", column)
        .map(ConstructorMapper.of(Condition.class))
        .list();
  }

  /** Whether a condition lets a text into its column. */
  public boolean accepts(Condition condition, String column, String word) {
    return holds(
        "SELECT coalesce("
            + condition.expression()
            + ", true) FROM (SELECT '"
            + word
            + "'::text AS "
            + identifier(column)
            + ") written");
  }

  /** Whether a relation of this full name exists, such as {@code millrace.jobs}. */
  public boolean exists(String name) {
    return handle
        .createQuery("SELECT pg_catalog.to_regclass(:name) IS NOT NULL")
        .bind("name", name)
        .mapTo(Boolean.class)
        .one();
  }

  /** Values that several rows of a table have in some columns; empty: none. */
  Optional<String> duplicate(String table, String columns) {
    return handle
        .select(
            "SELECT concat_ws(', ', %1$s) FROM %2$s GROUP BY %1$s HAVING count(*) > 1 LIMIT 1"
                .formatted(columns, quoted(table)))
        .mapTo(String.class)
        .findOne();
  }

  /** The one number that a query gives. */
  public long number(String query) {
    return handle.select(query).mapTo(Long.class).one();
  }

  /** The one truth value that a query gives. */
  public boolean holds(String query) {
    return handle.select(query).mapTo(Boolean.class).one();
  }

  /** A table of {@code public} as it is written in a statement. */
  public static String quoted(String table) {
    return "public." + identifier(table);
  }

  /** A name as it is written in a statement. */
  public static String identifier(String name) {
    return name.matches("[a-z_][a-z0-9_]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }
}
