package dev.millrace.sheet;

/**
 * What became of a sheet or of one of its rows: the closed list of values of {@code
 * parsing_logs.error_type}, stored by {@link #name()}.
 */
public enum SheetErrorType {
  /** All is well. A supplier whose newest log row says so is a good supplier. */
  SUCCESS,
  /** No whole answer: refused, timed out, cut off, or the server says it is in trouble. */
  UNREACHABLE,
  /** The host answered that we may not see it: 401, 403 or a sign-in page. */
  ACCESS_DENIED,
  /** The host or the disk answered that there is no such sheet. */
  NOT_FOUND,
  /** Our own {@link SourcePolicy} refuses the URL; nothing was sent there. */
  FORBIDDEN_SOURCE,
  /** Something came, but not a table: an HTML page, a picture, a broken file. */
  NOT_A_SHEET,
  /** More than {@link SheetLimits} allows, packed or unpacked. */
  TOO_LARGE,
  /** A table without a row that could be its header. */
  MISSING_COLUMNS,
  /** A table without any row of data. */
  EMPTY_SHEET,
  /** So many items of the supplier are missing or unreadable that nothing was changed. */
  ITEMS_MISSING,
  /** One row cannot be understood; the other rows count. */
  BAD_ROW,
  /** One row repeats the key of an earlier one, which counts. */
  DUPLICATE_ROW;

  /** Whether a later try may end differently although nobody changed the sheet or the settings. */
  public boolean mayPassByItself() {
    return this == UNREACHABLE;
  }
}
