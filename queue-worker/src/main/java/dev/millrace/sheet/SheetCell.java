package dev.millrace.sheet;

/**
 * A cell as text, without surrounding blanks of any kind (no-break spaces included).
 *
 * @param number the file stores a number, not a text that looks like one; then the text is a plain
 *     decimal with a point ({@code 1234.5}) and there is nothing to guess about separators
 */
public record SheetCell(String text, boolean number) {
  static final SheetCell BLANK = new SheetCell("", false);

  public SheetCell {
    text = SheetText.trim(text);
  }

  public static SheetCell text(String text) {
    return new SheetCell(text, false);
  }

  public boolean isBlank() {
    return text.isEmpty();
  }
}
