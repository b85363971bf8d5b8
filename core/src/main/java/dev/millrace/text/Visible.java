package dev.millrace.text;

/**
 * Text of others as it may be shown on a terminal or in a log of lines: characters that control the
 * terminal, break the line, or turn the direction of what follows are written as {@code \\u202e}
 * is.
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

  private static String escaped(String text, boolean linesStay) {
    int first = 0;
    while (first < text.length() && !isHidden(text.charAt(first), linesStay)) {
      first++;
    }
    if (first == text.length()) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length() + 16).append(text, 0, first);
    for (int i = first; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (isHidden(unit, linesStay)) {
        shown.append(String.format("\\u%04x", (int) unit));
      } else {
        shown.append(unit);
      }
    }
    return shown.toString();
  }

  /** C0, DEL and C1 controls, ends of lines of Unicode, marks of direction, and invisible marks. */
  private static boolean isHidden(char unit, boolean linesStay) {
    if (unit < 0x20) {
      return !linesStay || (unit != '\n' && unit != '\t');
    }
    return (unit >= 0x7f && unit <= 0x9f)
        || unit == 0x061c
        || (unit >= 0x200b && unit <= 0x200f)
        || (unit >= 0x2028 && unit <= 0x202e)
        || (unit >= 0x2060 && unit <= 0x206f)
        || unit == 0xfeff
        || (unit >= 0xfff9 && unit <= 0xfffb);
  }
}
