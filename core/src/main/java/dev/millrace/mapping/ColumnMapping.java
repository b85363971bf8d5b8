package dev.millrace.mapping;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is set for the sheet of one supplier; what is not set is detected. As fields: {@code {"sku":
 * "Art.-Nr.", "price": "VK netto", "decimal": ",", "tab": "Preise", "hidden_rows": false}}.
 *
 * @param columns the header of a column in the sheet, by {@link #COLUMNS}
 * @param decimal the decimal mark of all texts that are numbers, point or comma
 * @param tab the worksheet; it may be hidden
 * @param hiddenRows whether hidden rows are read
 */
public record ColumnMapping(
    Map<String, String> columns,
    Optional<Character> decimal,
    Optional<String> tab,
    Optional<Boolean> hiddenRows) {
  /** The columns that can be named. */
  public static final List<String> COLUMNS =
      List.of("sku", "name", "price", "currency", "quantity");

  /** All fields of a mapping. */
  public static final List<String> FIELDS =
      List.of("sku", "name", "price", "currency", "quantity", "decimal", "tab", "hidden_rows");

  /** Nothing is set. */
  public static final ColumnMapping NONE = of(Map.of());

  private static final int LONGEST = 200;

  public ColumnMapping {
    columns = Map.copyOf(columns);
    columns.forEach(
        (column, header) -> {
          require(COLUMNS.contains(column), column, header, "one of the columns " + COLUMNS);
          require(isText(header), column, header, "a text of 1 to " + LONGEST + " characters");
        });
    decimal.ifPresent(
        mark -> require(mark == '.' || mark == ',', "decimal", mark, "\".\" or \",\""));
    tab.ifPresent(
        name -> require(isText(name), "tab", name, "a text of 1 to " + LONGEST + " characters"));
  }

  /**
   * A mapping from its fields; a field that is null is not set.
   *
   * @throws IllegalArgumentException naming the field, its value and what is allowed
   */
  public static ColumnMapping of(Map<String, ? extends @Nullable Object> fields) {
    Map<String, String> columns = new LinkedHashMap<>();
    Optional<Character> decimal = Optional.empty();
    Optional<String> tab = Optional.empty();
    Optional<Boolean> hiddenRows = Optional.empty();
    for (Map.Entry<String, ? extends @Nullable Object> field : fields.entrySet()) {
      String name = field.getKey();
      Object value = field.getValue();
      require(FIELDS.contains(name), name, value, "one of the fields " + FIELDS);
      if (value == null) {
        continue;
      }
      switch (name) {
        case "decimal" -> decimal = Optional.of(mark(value));
        case "hidden_rows" -> hiddenRows = Optional.of(truth(value));
        case "tab" -> tab = Optional.of(text(name, value));
        default -> columns.put(name, text(name, value));
      }
    }
    return new ColumnMapping(columns, decimal, tab, hiddenRows);
  }

  /** The fields that are set, in their order. */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (String column : COLUMNS) {
      Optional.ofNullable(columns.get(column)).ifPresent(header -> fields.put(column, header));
    }
    decimal.ifPresent(mark -> fields.put("decimal", mark.toString()));
    tab.ifPresent(name -> fields.put("tab", name));
    hiddenRows.ifPresent(read -> fields.put("hidden_rows", read));
    return fields;
  }

  public boolean isNone() {
    return equals(NONE);
  }

  private static char mark(Object value) {
    String text = text("decimal", value);
    require(text.length() == 1, "decimal", value, "\".\" or \",\"");
    return text.charAt(0);
  }

  private static boolean truth(Object value) {
    require(value instanceof Boolean, "hidden_rows", value, "true or false");
    return (Boolean) value;
  }

  private static String text(String field, Object value) {
    require(value instanceof String, field, value, "a text");
    return ((String) value).strip();
  }

  private static boolean isText(String text) {
    return !text.isBlank() && text.length() <= LONGEST && text.indexOf('\0') < 0;
  }

  private static void require(boolean met, String field, @Nullable Object value, String allowed) {
    if (!met) {
      throw new IllegalArgumentException(
          "%s must be %s, was %s".formatted(field, allowed, shown(value)));
    }
  }

  private static String shown(@Nullable Object value) {
    String text = String.valueOf(value);
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }
}
