package dev.millrace.sheet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row that is not blank.
 *
 * @param number 1-based, as a spreadsheet program numbers it, blank rows counted; a record of a CSV
 *     file is one row even if it spans lines
 * @param cells from column 0 up to the last one that is not blank
 * @param problem why the row cannot be split into cells; then {@code cells} has those before the
 *     fault
 */
public record SheetRow(int number, List<SheetCell> cells, @Nullable String problem) {
  public SheetRow {
    if (number < 1) {
      throw new IllegalArgumentException("row number must be >= 1, was " + number);
    }
    int size = cells.size();
    while (size > 0 && cells.get(size - 1).isBlank()) {
      size--;
    }
    cells = List.copyOf(cells.subList(0, size));
  }

  /** A row without a problem. */
  public SheetRow(int number, List<SheetCell> cells) {
    this(number, cells, null);
  }

  /** The cell in a 0-based column; blank beyond the last one. */
  public SheetCell cell(int column) {
    return column < cells.size() ? cells.get(column) : SheetCell.BLANK;
  }

  public boolean isBlank() {
    return cells.isEmpty() && problem == null;
  }
}
