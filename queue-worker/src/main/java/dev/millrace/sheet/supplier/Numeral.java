package dev.millrace.sheet.supplier;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Digits with separators, read as far as the text alone allows. Groups of digits are separated by a
 * point, a comma, an apostrophe or a blank, never by two kinds, and have three digits each; or, as
 * in India, two, the last one three ({@code 12,34,567.50}).
 *
 * @param value the value; of an ambiguous numeral, with its separator as decimal mark
 * @param mark the decimal mark that the text proves; of an ambiguous numeral, its separator
 * @param ambiguous one separator, point or comma, with one to three digits before and three behind
 */
record Numeral(BigDecimal value, Optional<DecimalMark> mark, boolean ambiguous) {
  private static final Pattern BLANK = Pattern.compile("[\\p{Z}\\s]");
  private static final Pattern PLAIN = Pattern.compile("\\d+");
  private static final Pattern AMBIGUOUS = Pattern.compile("[1-9]\\d{0,2}[.,]\\d{3}");
  private static final Pattern INDIAN = Pattern.compile("[1-9]\\d?(?:,\\d{2})+,\\d{3}(?:\\.\\d+)?");
  private static final int MAX_LENGTH = 30;

  /** The digits of any text of this length fit into a long. */
  private static final int LONGEST_PLAIN = 18;

  private static final Optional<DecimalMark> POINT = Optional.of(DecimalMark.POINT);
  private static final Optional<DecimalMark> COMMA = Optional.of(DecimalMark.COMMA);

  static Numeral exact(BigDecimal value) {
    return new Numeral(value, Optional.empty(), false);
  }

  /**
   * Digits with at most one mark that is no separator of groups, which is how most numbers are
   * written; empty for other texts. The same as {@link #parse}, without its patterns.
   */
  static Optional<Numeral> plain(String text) {
    int length = text.length();
    if (length > LONGEST_PLAIN) {
      return Optional.empty();
    }
    int mark = -1;
    long unscaled = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        unscaled = unscaled * 10 + c - '0';
      } else if ((c == '.' || c == ',') && mark < 0) {
        mark = i;
      } else {
        return Optional.empty();
      }
    }
    int decimals = mark < 0 ? 0 : length - mark - 1;
    boolean whole = mark < 0 && length > 0;
    boolean decimal = mark > 0 && decimals > 0 && decimals != 3;
    if (!whole && !decimal) {
      return Optional.empty();
    }
    Optional<DecimalMark> shown =
        whole ? Optional.empty() : text.charAt(mark) == '.' ? POINT : COMMA;
    return Optional.of(new Numeral(BigDecimal.valueOf(unscaled, decimals), shown, false));
  }

  /** Empty if the text is no numeral at all. */
  static Optional<Numeral> parse(String text) {
    Optional<Numeral> plain = plain(text);
    if (plain.isPresent()) {
      return plain;
    }
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String digits = BLANK.matcher(text).replaceAll(" ").replace('’', '\'');
    if (PLAIN.matcher(digits).matches()) {
      return Optional.of(exact(new BigDecimal(digits)));
    }
    if (AMBIGUOUS.matcher(digits).matches()) {
      DecimalMark separator = digits.indexOf(',') >= 0 ? DecimalMark.COMMA : DecimalMark.POINT;
      return Optional.of(new Numeral(separator.value(digits), Optional.of(separator), true));
    }
    if (INDIAN.matcher(digits).matches()) {
      return Optional.of(
          new Numeral(DecimalMark.POINT.value(digits), Optional.of(DecimalMark.POINT), false));
    }
    for (DecimalMark mark : DecimalMark.values()) {
      if (mark.writes(digits)) {
        boolean proven = digits.indexOf('.') >= 0 || digits.indexOf(',') >= 0;
        return Optional.of(
            new Numeral(mark.value(digits), proven ? Optional.of(mark) : Optional.empty(), false));
      }
    }
    return Optional.empty();
  }

  /** The value of an ambiguous numeral in a column that writes decimals with this mark. */
  BigDecimal valueWith(DecimalMark columnMark) {
    boolean separatorIsDecimal = mark.filter(columnMark::equals).isPresent();
    return separatorIsDecimal ? value : valueInThousands();
  }

  /** The value of an ambiguous numeral whose separator groups digits. */
  BigDecimal valueInThousands() {
    return value.movePointRight(3).setScale(0);
  }
}
