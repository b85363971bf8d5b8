package dev.millrace.sheet;

import java.util.ArrayList;
import java.util.List;

/** Collects rows and stops at the limits, so that a reader never holds more than they allow. */
final class SheetTableBuilder {
  private final SheetLimits limits;
  private final List<SheetRow> rows = new ArrayList<>();

  SheetTableBuilder(SheetLimits limits) {
    this.limits = limits;
  }

  void add(int number, List<SheetCell> cells) {
    SheetRow row = new SheetRow(number, cells);
    if (row.isBlank()) {
      return;
    }
    if (row.cells().size() > limits.maxColumns()) {
      throw tooLarge("row " + number + " has more than " + limits.maxColumns() + " columns");
    }
    if (rows.size() == limits.maxRows()) {
      throw tooLarge("the sheet has more than " + limits.maxRows() + " rows");
    }
    rows.add(row);
  }

  SheetTable build() {
    return new SheetTable(rows);
  }

  private static SheetException tooLarge(String message) {
    return new SheetException(SheetErrorType.TOO_LARGE, message);
  }
}
