package dev.millrace.sheet;

/**
 * The outcome of a sheet or of one of its rows: all values of {@code parsing_logs.error_type},
 * stored by {@link #name()}.
 */
public enum SheetErrorType {
  /** The sheet was read. A supplier whose newest log row has it is healthy. */
  SUCCESS,
  /** No complete answer: refused, timed out, ended early, or an error of the server. */
  UNREACHABLE,
  /** The host refused access: 401, 403 or a sign-in page. */
  ACCESS_DENIED,
  /** The host or the disk answered that there is no such sheet. */
  NOT_FOUND,
  /** {@link SourcePolicy} refuses the URL; no request was sent. */
  FORBIDDEN_SOURCE,
  /** The answer is not a table: an HTML page, a picture, a broken file. */
  NOT_A_SHEET,
  /** More than {@link SheetLimits} allows, packed or unpacked. */
  TOO_LARGE,
  /** A table without a row that could be its header. */
  MISSING_COLUMNS,
  /** A table without any row of data. */
  EMPTY_SHEET,
  /** Too many items of the supplier are missing or unreadable; nothing was changed. */
  ITEMS_MISSING,
  /** One row cannot be read; the other rows are used. */
  BAD_ROW,
  /** One row repeats the key of an earlier one, which is used. */
  DUPLICATE_ROW;

  /** Whether a retry may succeed without a change of the sheet or the settings. */
  public boolean mayPassByItself() {
    return this == UNREACHABLE;
  }
}
