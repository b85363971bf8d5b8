package dev.millrace.sheet;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects rows, and refuses those beyond the limits. */
final class SheetTableBuilder {
  /** A cache of the last texts, so that repeated ones, such as a currency, are stored once. */
  private static final int KNOWN = 4_096;

  private static final int LONGEST_KNOWN = 40;

  private final SheetLimits limits;
  private final SheetMemory memory;
  private final List<SheetRow> rows = new ArrayList<>();
  private final @Nullable SheetCell[] known = new SheetCell[KNOWN];
  private int cells;

  SheetTableBuilder(SheetLimits limits, SheetMemory memory) {
    this.limits = limits;
    this.memory = memory;
  }

  /** A row of texts. */
  void add(int number, List<String> texts, @Nullable String problem) {
    List<SheetCell> row = new ArrayList<>(Math.min(texts.size(), limits.maxColumns() + 1));
    for (String text : texts) {
      boolean blank = text.isBlank();
      if (row.size() > limits.maxColumns() && blank) {
        continue;
      }
      row.add(blank ? SheetCell.BLANK : known(SheetCell.text(text)));
    }
    add(new SheetRow(number, row, problem));
  }

  void add(SheetRow row) {
    SheetException.ifInterrupted();
    if (row.isBlank()) {
      return;
    }
    if (row.cells().size() > limits.maxColumns()) {
      throw tooLarge("row " + row.number() + " has more than " + limits.maxColumns() + " columns");
    }
    if (rows.size() == limits.maxRows()) {
      throw tooLarge("the sheet has more than " + limits.maxRows() + " rows");
    }
    cells += row.cells().size();
    if (cells > SheetLimits.MAX_CELLS) {
      throw tooLarge("the sheet has more than " + SheetLimits.MAX_CELLS + " cells");
    }
    memory.takeRow(row.cells().size());
    rows.add(row);
  }

  /** This cell, or an equal one that is stored already. */
  SheetCell known(SheetCell cell) {
    if (cell.text().length() > LONGEST_KNOWN) {
      memory.takeCell(cell);
      return cell;
    }
    int slot = (cell.hashCode() & 0x7fff_ffff) % KNOWN;
    SheetCell held = known[slot];
    if (held != null && held.equals(cell)) {
      return held;
    }
    memory.takeCell(cell);
    known[slot] = cell;
    return cell;
  }

  SheetTable build() {
    return new SheetTable(rows);
  }

  static SheetException tooLarge(String message) {
    return new SheetException(SheetErrorType.TOO_LARGE, message);
  }
}
