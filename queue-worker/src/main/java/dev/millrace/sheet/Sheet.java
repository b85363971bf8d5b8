package dev.millrace.sheet;

/**
 * A sheet that has been fetched and lies on this machine until it is closed. It can be read more
 * than once, each time from its first row, so that its reader needs no memory for its rows.
 */
public interface Sheet extends AutoCloseable {
  /** What identifies this state of the sheet. */
  SheetVersion version();

  /** The name of the tab that was read last; empty before, and for a format without tabs. */
  String tab();

  /** Gives every row that is not blank, in order, of {@link SheetView#DEFAULT}. */
  default void read(RowReader reader) {
    read(SheetView.DEFAULT, reader);
  }

  /**
   * Gives every row that is not blank, in order.
   *
   * @param view what of a workbook is read; formats without tabs and hidden rows ignore it
   * @throws SheetException when a limit is exceeded or the rest cannot be read; rows may have been
   *     given
   */
  void read(SheetView view, RowReader reader);

  /** Deletes what lies on this machine. */
  @Override
  void close();

  /** Takes the rows of a sheet. */
  @FunctionalInterface
  interface RowReader {
    void row(SheetRow row);
  }
}
