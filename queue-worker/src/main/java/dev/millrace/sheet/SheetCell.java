package dev.millrace.sheet;

/**
 * A cell as its author sees it, without surrounding blanks, including no-break spaces.
 *
 * @param text the shown text: of a number, with the zeros and literals of its number format, but
 *     without grouping, which depends on the reader's language
 * @param kind its kind in the file
 * @param value of a number: a plain decimal with a point ({@code 1234.5}), so that separators need
 *     no guess; of other kinds the text
 */
public record SheetCell(String text, Kind kind, String value) {
  public static final SheetCell BLANK = new SheetCell("", false);

  /** The kind of a cell. */
  public enum Kind {
    /** A text, even if it looks like a number. */
    TEXT,
    /** A number stored as a number. */
    NUMBER,
    /** A number whose format shows a date or a time; the text is ISO 8601. */
    DATE,
    /**
     * The result of a formula that failed, such as {@code #REF!}, or a number that is out of range.
     */
    ERROR
  }

  public SheetCell {
    text = SheetText.trim(text);
    value = kind == Kind.NUMBER ? value : text;
  }

  /** A text, or a number that is shown unformatted. */
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
