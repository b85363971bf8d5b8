package dev.millrace.text;

/**
 * Text of others as it may be shown on a terminal or in a log of lines: characters that control the
 * terminal, break the line, or turn the direction of what follows are written as {@code \\u202e}
 * is. In JSON that is the same text still.
 */
public final class Visible {
  private Visible() {}

  /** All of it on one line. */
  public static String line(String text) {
    return escaped(text, false);
  }

  /** As {@link #line}, but tabs and ends of lines stay. */
  public static String lines(String text) {
    return escaped(text, true);
  }

  /** Whether a character is written as its number. */
  public static boolean isHidden(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> isBlank(character);
    };
  }

  /** Letters and marks that are drawn as nothing, and so make two different names look alike. */
  private static boolean isBlank(int character) {
    return character == 0x034f
        || character == 0x115f
        || character == 0x1160
        || character == 0x17b4
        || character == 0x17b5
        || character == 0x3164
        || character == 0xffa0
        || (character >= 0x2065 && character <= 0x2069)
        || (character >= 0xe0000 && character <= 0xe0fff);
  }

  private static String escaped(String text, boolean linesStay) {
    int first = 0;
    while (first < text.length() && !isEscaped(text.codePointAt(first), linesStay)) {
      first += Character.charCount(text.codePointAt(first));
    }
    if (first == text.length()) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length() + 16).append(text, 0, first);
    for (int i = first; i < text.length(); ) {
      int character = text.codePointAt(i);
      i += Character.charCount(character);
      if (isEscaped(character, linesStay)) {
        for (char unit : Character.toChars(character)) {
          shown.append(String.format("\\u%04x", (int) unit));
        }
      } else {
        shown.appendCodePoint(character);
      }
    }
    return shown.toString();
  }

  private static boolean isEscaped(int character, boolean linesStay) {
    boolean stays = linesStay && (character == '\n' || character == '\t');
    return !stays && isHidden(character);
  }
}
