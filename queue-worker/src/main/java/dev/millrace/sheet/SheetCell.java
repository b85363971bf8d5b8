package dev.millrace.sheet;

/**
 * A cell as its author sees it, without surrounding blanks of any kind (no-break spaces included).
 *
 * @param text what is shown: of a number, with the zeros and literals of its number format, but
 *     without grouping, which depends on who looks
 * @param kind what the file says it is
 * @param value of a number: a plain decimal with a point ({@code 1234.5}), so that there is nothing
 *     to guess about separators; of everything else the text
 */
public record SheetCell(String text, Kind kind, String value) {
  static final SheetCell BLANK = new SheetCell("", false);

  /** What a cell holds. */
  public enum Kind {
    /** A text, also one that looks like a number. */
    TEXT,
    /** A number stored as a number. */
    NUMBER,
    /** A number whose format shows a date or a time; the text is ISO 8601. */
    DATE,
    /** The result of a formula that failed, such as {@code #REF!}, or a number out of all range. */
    ERROR
  }

  public SheetCell {
    text = SheetText.trim(text);
    value = kind == Kind.NUMBER ? value : text;
  }

  /** A text, or a number that is shown as it is. */
  public SheetCell(String text, boolean number) {
    this(text, number ? Kind.NUMBER : Kind.TEXT, text);
  }

  public static SheetCell text(String text) {
    return new SheetCell(text, false);
  }

  static SheetCell of(Kind kind, String text) {
    return new SheetCell(text, kind, text);
  }

  /** Whether the file stores a number, not a text that looks like one. */
  public boolean number() {
    return kind == Kind.NUMBER;
  }

  public boolean isBlank() {
    return text.isEmpty() && kind != Kind.NUMBER;
  }
}
