package dev.millrace.sheet.supplier;

import static dev.millrace.sheet.supplier.BadRowException.quote;

import dev.millrace.sheet.SheetCell;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A price cell, split into its parts: {@code "1.234,50 €"} is a numeral and a currency.
 *
 * @param currency the ISO code of the sign or code in the cell itself
 */
record PriceText(Numeral numeral, Optional<String> currency) {
  // before, digits with separators, behind; ".50" may begin with its mark
  private static final Pattern PARTS =
      Pattern.compile("(.*?)((?:(?<!\\p{L})[.,])?\\d(?:.*\\d)?)(\\D*)", Pattern.DOTALL);

  /** "12,-" and "12.–" have no cents. */
  private static final Pattern NO_CENTS = Pattern.compile("^[.,]\\s*[-–—]+");

  private static final int MAX_LENGTH = 100;
  private static final Pattern MINUS = Pattern.compile("[-−–(]");

  /**
   * @param expectedCurrency see {@link CurrencyText#parse}
   */
  static PriceText parse(SheetCell cell, @Nullable String expectedCurrency) throws BadRowException {
    if (cell.isBlank()) {
      throw BadRowException.withoutValue(RowCode.MISSING_VALUE, ItemColumn.PRICE, "no price");
    }
    if (cell.number()) {
      BigDecimal value = new BigDecimal(cell.value());
      requireNotNegative(value.signum() < 0, cell);
      return new PriceText(Numeral.exact(value), Optional.empty());
    }
    Optional<Numeral> plain = Numeral.plain(cell.text());
    if (plain.isPresent()) {
      return new PriceText(plain.get(), Optional.empty());
    }
    Matcher parts = PARTS.matcher(cell.text());
    if (cell.text().length() > MAX_LENGTH || !parts.matches()) {
      throw unreadable(cell);
    }
    String before = parts.group(1);
    String behind = NO_CENTS.matcher(parts.group(3)).replaceFirst("");
    requireNotNegative(
        MINUS.matcher(before).find() || behind.startsWith("-") || behind.startsWith("−"), cell);
    Numeral numeral = Numeral.parse(parts.group(2)).orElseThrow(() -> unreadable(cell));
    return new PriceText(numeral, currency(trim(before), trim(behind), expectedCurrency, cell));
  }

  private static Optional<String> currency(
      String before, String behind, @Nullable String expected, SheetCell cell)
      throws BadRowException {
    Optional<String> left = known(before, expected, cell);
    // "$12 CAD" is one currency: the code decides the sign
    Optional<String> right = known(behind, expected, cell);
    if (left.isPresent() && right.isPresent() && !left.equals(right)) {
      left = CurrencyText.parse(before, right.get());
      if (!left.equals(right)) {
        throw bad(RowCode.CURRENCY_CONFLICT, "the price has two currencies: ", cell);
      }
    }
    return left.or(() -> right);
  }

  private static Optional<String> known(String sign, @Nullable String expected, SheetCell cell)
      throws BadRowException {
    if (sign.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> currency = CurrencyText.parse(sign, expected);
    if (currency.isEmpty()) {
      throw unreadable(cell);
    }
    return currency;
  }

  private static void requireNotNegative(boolean negative, SheetCell cell) throws BadRowException {
    if (negative) {
      throw bad(RowCode.NEGATIVE, "the price is negative: ", cell);
    }
  }

  private static BadRowException unreadable(SheetCell cell) {
    return ItemText.isError(cell)
        ? bad(RowCode.FORMULA_ERROR, "the price is the error of a formula: ", cell)
        : bad(RowCode.NOT_A_NUMBER, "not a price: ", cell);
  }

  private static BadRowException bad(RowCode code, String reason, SheetCell cell) {
    return new BadRowException(code, ItemColumn.PRICE, cell.text(), reason + quote(cell.text()));
  }

  private static String trim(String text) {
    return SheetCell.text(text).text();
  }
}
