package dev.millrace.sheet.supplier;

/** Ends the reading of one row; the package turns it into a {@link RowProblem}. */
final class BadRowException extends Exception {
  private static final int LONGEST_QUOTE = 40;

  BadRowException(String reason) {
    super(reason, null, false, false);
  }

  /** Quotes a cell's text in a reason: shortened, on one line. */
  static String quote(String text) {
    String start = text.length() > 200 ? text.substring(0, 200) : text;
    int[] line =
        start
            .replaceAll("[\\s\\p{Cc}\\p{Cs}]+", " ")
            .codePoints()
            .limit(LONGEST_QUOTE + 1L)
            .toArray();
    boolean cut = line.length > LONGEST_QUOTE;
    return '"' + new String(line, 0, cut ? LONGEST_QUOTE : line.length) + (cut ? "…\"" : "\"");
  }

  RowProblem at(int row) {
    return RowProblem.bad(row, reason());
  }

  private String reason() {
    return String.valueOf(getMessage());
  }
}
