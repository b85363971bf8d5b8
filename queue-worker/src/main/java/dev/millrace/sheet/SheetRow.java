package dev.millrace.sheet;

import java.util.List;

/**
 * A row that holds something.
 *
 * @param number 1-based, as a spreadsheet program numbers it, blank rows counted; a record of a CSV
 *     file is one row even if it spans lines
 * @param cells from column 0 up to the last cell that holds something
 */
public record SheetRow(int number, List<SheetCell> cells) {
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

  /** The cell in a 0-based column; blank beyond the last one. */
  public SheetCell cell(int column) {
    return column < cells.size() ? cells.get(column) : SheetCell.BLANK;
  }

  public boolean isBlank() {
    return cells.isEmpty();
  }
}
