package dev.millrace.sheet;

/** Passes the rows of a sheet on and ends it at the first one beyond the limits. */
final class LimitedRows implements Sheet.RowReader {
  private final SheetLimits limits;
  private final Sheet.RowReader reader;
  private int rows;
  private long cells;

  LimitedRows(SheetLimits limits, Sheet.RowReader reader) {
    this.limits = limits;
    this.reader = reader;
  }

  @Override
  public void row(SheetRow row) {
    if (row.isBlank()) {
      return;
    }
    SheetException.ifInterrupted();
    if (row.cells().size() > limits.maxColumns()) {
      throw SheetException.tooLarge(
          "row " + row.number() + " has more than " + limits.maxColumns() + " columns");
    }
    if (rows++ == limits.maxRows()) {
      throw SheetException.tooLarge("the sheet has more than " + limits.maxRows() + " rows");
    }
    cells += row.cells().size();
    if (cells > SheetLimits.MAX_CELLS) {
      throw SheetException.tooLarge("the sheet has more than " + SheetLimits.MAX_CELLS + " cells");
    }
    reader.row(row);
  }
}
