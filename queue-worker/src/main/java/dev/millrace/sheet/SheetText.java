package dev.millrace.sheet;

/**
 * Removes the white space of sheets: Java's {@code strip} leaves no-break spaces and invisible
 * marks.
 */
final class SheetText {
  private SheetText() {}

  static String trim(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isBlank(char c) {
    if (c < 0x80) {
      return c <= ' ' || c == 0x7f;
    }
    return Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.isISOControl(c)
        || Character.getType(c) == Character.FORMAT;
  }
}
