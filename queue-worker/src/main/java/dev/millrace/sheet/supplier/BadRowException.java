package dev.millrace.sheet.supplier;

/**
 * Leaves the reading of one row; becomes a {@link RowProblem} at once and never leaves the package.
 */
final class BadRowException extends Exception {
  BadRowException(String reason) {
    super(reason, null, false, false);
  }

  /** A cell's text in a reason: short, and on one line. */
  static String quote(String text) {
    String line = text.replaceAll("\\s+", " ");
    return '"' + (line.length() > 40 ? line.substring(0, 40) + "…" : line) + '"';
  }

  RowProblem at(int row) {
    return RowProblem.bad(row, reason());
  }

  private String reason() {
    return String.valueOf(getMessage());
  }
}
