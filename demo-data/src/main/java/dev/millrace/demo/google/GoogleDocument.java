package dev.millrace.demo.google;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A spreadsheet.
 *
 * @param tabs at least one
 */
public record GoogleDocument(String title, List<Tab> tabs) {
  public GoogleDocument {
    tabs = List.copyOf(tabs);
    if (tabs.isEmpty()) {
      throw new IllegalArgumentException("a document must have 1 tab at least");
    }
  }

  /** A document with one tab. */
  public static GoogleDocument of(String title, List<List<Cell>> rows) {
    return new GoogleDocument(title, List.of(new Tab(0, "Sheet1", false, rows)));
  }

  /**
   * A tab.
   *
   * @param id its gid
   * @param hiddenRows the numbers of rows that are hidden, from 1
   */
  public record Tab(
      int id, String title, boolean hidden, List<List<Cell>> rows, Set<Integer> hiddenRows) {
    public Tab {
      rows = rows.stream().map(List::copyOf).toList();
      hiddenRows = Set.copyOf(hiddenRows);
    }

    /** A tab without hidden rows. */
    public Tab(int id, String title, boolean hidden, List<List<Cell>> rows) {
      this(id, title, hidden, rows, Set.of());
    }
  }

  /**
   * A cell.
   *
   * @param value a String, Number or Boolean; empty text: an empty cell
   * @param type of its number format, such as {@code DATE}; null: no format
   * @param pattern of its number format; null: the locale's
   * @param error whether the value is the result of a formula that failed
   */
  public record Cell(Object value, @Nullable String type, @Nullable String pattern, boolean error) {
    /** A cell without a format. */
    public static Cell of(Object value) {
      return new Cell(value, null, null, false);
    }

    /** A number with a format. */
    public static Cell of(Number value, String type, @Nullable String pattern) {
      return new Cell(value, type, pattern, false);
    }

    /** A failed formula. */
    public static Cell error(String text) {
      return new Cell(text, null, null, true);
    }

    boolean isEmpty() {
      return value.equals("");
    }
  }
}
