package dev.millrace.sheet.supplier;

import dev.millrace.sheet.SheetErrorType;

/**
 * A row that is not used, and why.
 *
 * @param row as the sheet's author sees it, from 1
 * @param type {@link SheetErrorType#BAD_ROW} or {@link SheetErrorType#DUPLICATE_ROW}
 * @param reason a sentence for the author; may quote cells, never URLs
 */
public record RowProblem(int row, SheetErrorType type, String reason) {
  public RowProblem {
    if (type != SheetErrorType.BAD_ROW && type != SheetErrorType.DUPLICATE_ROW) {
      throw new IllegalArgumentException("not a type of row problems: " + type);
    }
  }

  static RowProblem bad(int row, String reason) {
    return new RowProblem(row, SheetErrorType.BAD_ROW, reason);
  }

  /** A row that repeats what an earlier one has, or another supplier. */
  public static RowProblem duplicate(int row, String reason) {
    return new RowProblem(row, SheetErrorType.DUPLICATE_ROW, reason);
  }
}
