package dev.millrace.db.takeover;

import java.util.Map;

/** Which types of a column of theirs can carry what ours has. */
final class ColumnTypes {
  /** As in {@code pg_type.typcategory}. */
  private static final Map<String, String> FAMILIES =
      Map.of(
          "text", "S",
          "boolean", "B",
          "smallint", "N",
          "integer", "N",
          "bigint", "N",
          "timestamptz", "D",
          "jsonb", "U",
          "text[]", "A");

  private ColumnTypes() {}

  /** Texts of any length, numbers of any size, times with or without a zone. */
  static boolean fit(TableDefinition.Column our, Relation.Column their) {
    String family = FAMILIES.getOrDefault(our.type(), our.type());
    return switch (family) {
      case "U" -> their.type().equals("jsonb");
      case "A" -> their.type().equals(our.type());
      default -> their.family().equals(family) && !their.type().equals("date");
    };
  }
}
