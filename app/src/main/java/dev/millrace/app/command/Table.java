package dev.millrace.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.text.CodePoints;
import dev.millrace.text.Visible;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Rows of text under a header, each column as wide as its widest cell. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... header) {
    rows.add(List.of(header));
  }

  Table row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  boolean isEmpty() {
    return rows.size() == 1;
  }

  void print(Screen screen) {
    print(screen, 0);
  }

  /** Without the header. */
  void printRows(Screen screen) {
    print(screen, 1);
  }

  private void print(Screen screen, int first) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows.subList(first, rows.size())) {
      List<String> cells = new ArrayList<>();
      for (int i = 0; i < columns; i++) {
        cells.add(row.get(i) + " ".repeat(widths[i] - row.get(i).length() + 2));
      }
      screen.row(cells, row == rows.get(0));
    }
  }

  /** The text of a field, {@code -} when it has none; of one line, and of a bearable length. */
  static String cell(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return "-";
    }
    String text = value.isValueNode() ? value.asText() : value.toString();
    String line = Stream.of(text.split("\\s+", -1)).reduce((a, b) -> a + " " + b).orElse("");
    String shown = Visible.line(line);
    return CodePoints.length(shown) > 80 ? CodePoints.first(shown, 79) + "…" : shown;
  }
}
