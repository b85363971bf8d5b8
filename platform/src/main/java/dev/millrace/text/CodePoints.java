package dev.millrace.text;

/** Lengths in characters as Postgres counts them: an emoji is one, not the two halves Java has. */
public final class CodePoints {
  private CodePoints() {}

  public static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The first characters, never half of one. */
  public static String first(String text, int most) {
    return text.length() <= most || length(text) <= most
        ? text
        : text.substring(0, text.offsetByCodePoints(0, most));
  }
}
