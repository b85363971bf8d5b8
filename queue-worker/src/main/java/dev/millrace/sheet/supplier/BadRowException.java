package dev.millrace.sheet.supplier;

import dev.millrace.sheet.SheetErrorType;
import org.jspecify.annotations.Nullable;

/** Ends the reading of one row; the package turns it into a {@link RowProblem}. */
final class BadRowException extends Exception {
  private static final int LONGEST_QUOTE = 40;

  private final RowCode code;
  private final @Nullable Column column;
  private final @Nullable String value;

  /** A cell that cannot be used. */
  BadRowException(RowCode code, Column column, String value, String reason) {
    super(reason, null, false, false);
    this.code = code;
    this.column = column;
    this.value = value;
  }

  private BadRowException(RowCode code, @Nullable Column column, String reason) {
    super(reason, null, false, false);
    this.code = code;
    this.column = column;
    this.value = null;
  }

  /** A row that cannot be used as a whole. */
  static BadRowException ofRow(RowCode code, String reason) {
    return new BadRowException(code, null, reason);
  }

  /** A cell whose value is not shown: it is blank or may hold a secret. */
  static BadRowException withoutValue(RowCode code, Column column, String reason) {
    return new BadRowException(code, column, reason);
  }

  /** Quotes a cell's text in a reason: shortened, on one line. */
  static String quote(String text) {
    return '"' + RowProblem.shown(text, LONGEST_QUOTE) + '"';
  }

  RowProblem at(int row, Header<?> header) {
    return new RowProblem(
        row,
        SheetErrorType.BAD_ROW,
        code,
        column == null ? null : header.title(column),
        value,
        String.valueOf(getMessage()));
  }
}
