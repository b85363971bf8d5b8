package dev.millrace.sheet.supplier;

import dev.millrace.sheet.SheetErrorType;
import dev.millrace.text.Visible;
import org.jspecify.annotations.Nullable;

/**
 * A row that is not used, and why.
 *
 * @param row as the sheet's author sees it, from 1
 * @param type {@link SheetErrorType#BAD_ROW} or {@link SheetErrorType#DUPLICATE_ROW}
 * @param column its header in the sheet; null: the row as a whole
 * @param value of the cell: its first {@value #LONGEST_VALUE} characters, control characters as
 *     {@code \\u0007}; null: the row as a whole, or a cell that may hold a secret
 * @param reason a sentence for the author; may quote cells, never URLs
 */
public record RowProblem(
    int row,
    SheetErrorType type,
    RowCode code,
    @Nullable String column,
    @Nullable String value,
    String reason) {
  static final int LONGEST_VALUE = 100;

  public RowProblem {
    if (type != SheetErrorType.BAD_ROW && type != SheetErrorType.DUPLICATE_ROW) {
      throw new IllegalArgumentException("not a type of row problems: " + type);
    }
    column = column == null ? null : shown(column, LONGEST_VALUE);
    value = value == null ? null : shown(value, LONGEST_VALUE);
  }

  /** A row that repeats what an earlier one has, or another supplier. */
  public static RowProblem duplicate(int row, String reason) {
    return duplicate(row, null, null, reason);
  }

  /** The same, naming the cell. */
  public static RowProblem duplicate(
      int row, @Nullable String column, @Nullable String value, String reason) {
    return new RowProblem(
        row, SheetErrorType.DUPLICATE_ROW, RowCode.DUPLICATE_KEY, column, value, reason);
  }

  /** Text of a sheet on one line: cut, control characters visible. */
  static String shown(String text, int longest) {
    if (text.codePointCount(0, text.length()) <= longest) {
      return Visible.line(text);
    }
    return Visible.line(text.substring(0, text.offsetByCodePoints(0, longest))) + "…";
  }
}
