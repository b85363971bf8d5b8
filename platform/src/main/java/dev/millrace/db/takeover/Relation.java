package dev.millrace.db.takeover;

import java.util.List;
import java.util.Optional;

/**
 * What the catalog has under the name of a table.
 *
 * @param kind as in {@code pg_class.relkind}
 * @param ours whether we have the rights of its owner
 * @param forced whether its row security also applies to its owner
 * @param rows how many it has; more than {@link #COUNTED} are not counted
 * @param keys the columns of each unique index that ON CONFLICT can use
 * @param constraints the names of its constraints
 */
public record Relation(
    String name,
    String kind,
    String owner,
    boolean ours,
    boolean forced,
    long rows,
    List<Column> columns,
    List<List<String>> keys,
    List<String> constraints) {

  /**
   * A column.
   *
   * @param type without its length, such as {@code character varying}
   * @param family as in {@code pg_type.typcategory}, but {@code e} for every enum
   * @param length of {@code varchar(n)}; 0: unlimited
   * @param filled whether an insert that does not name it gives it a value
   */
  public record Column(
      String name, String type, String family, int length, boolean notNull, boolean filled) {}

  /** Rows are counted up to this number. */
  static final long COUNTED = 100_000;

  /** Whether it is a table with rows of its own. */
  public boolean isTable() {
    return kind.equals("r") || kind.equals("p");
  }

  /** What it is, in words. */
  public String kindText() {
    return switch (kind) {
      case "r", "p" -> "table";
      case "v" -> "view";
      case "m" -> "materialized view";
      case "f" -> "foreign table";
      case "S" -> "sequence";
      default -> "relation of kind '" + kind + "'";
    };
  }

  public Optional<Column> column(String column) {
    return columns.stream().filter(each -> each.name().equals(column)).findFirst();
  }

  /** Whether a unique index has exactly these columns, in any order. */
  public boolean isUnique(List<String> key) {
    return keys.stream().anyMatch(each -> each.size() == key.size() && each.containsAll(key));
  }

  /** Such as {@code table with 12 rows, owner appowner}. */
  public String text() {
    return kindText() + (isTable() ? " with " + rowsText() : "") + ", owner " + owner;
  }

  private String rowsText() {
    return rows > COUNTED
        ? "more than " + COUNTED + " rows"
        : rows + (rows == 1 ? " row" : " rows");
  }
}
