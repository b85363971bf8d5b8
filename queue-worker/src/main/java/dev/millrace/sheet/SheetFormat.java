package dev.millrace.sheet;

import java.io.IOException;

/** The content of a spooled sheet in one format. Not thread-safe. */
interface SheetFormat extends AutoCloseable {
  /** The name of the tab that was read last; empty before, and for a format without tabs. */
  String tab();

  /**
   * Gives every row that is not blank, in order; each time from the first one.
   *
   * @throws SheetException when a limit is exceeded or the rest cannot be read
   */
  void read(SheetView view, Sheet.RowReader reader) throws IOException;

  /** Frees what was stored beside the spool. */
  @Override
  void close();
}
