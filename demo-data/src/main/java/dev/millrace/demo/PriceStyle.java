package dev.millrace.demo;

import java.math.BigDecimal;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** How a supplier writes money. */
enum PriceStyle {
  /** 1234.5, stored as a number where the file can. */
  NUMBER("0.00", '.', '\''),
  /** $1,234.50 */
  DOLLAR_SIGN("'$'#,##0.00", '.', ','),
  /** 1234.50 USD */
  DOLLAR_CODE("0.00' USD'", '.', ','),
  /** £ 1,234.50 */
  POUND_SIGN("'£ '#,##0.00", '.', ','),
  /** 1.234,50 €, the blank before the sign a no-break one, as office programs put it */
  EURO_SIGN("#,##0.00'\u00a0€'", ',', '.'),
  /** EUR 1234,50 */
  EURO_CODE("'EUR '0.00", ',', '.'),
  /** 1234,50 */
  COMMA("0.00", ',', '.'),
  /** CHF 1'234.50 */
  FRANC_CODE("'CHF '#,##0.00", '.', '\'');

  private final String pattern;
  private final char mark;
  private final char group;

  PriceStyle(String pattern, char mark, char group) {
    this.pattern = pattern;
    this.mark = mark;
    this.group = group;
  }

  String write(int cents) {
    return new DecimalFormat(pattern, symbols()).format(BigDecimal.valueOf(cents, 2));
  }

  /** A quantity as somebody writes it who writes money like this. */
  String whole(int quantity) {
    return new DecimalFormat("#,##0", symbols()).format(quantity);
  }

  private DecimalFormatSymbols symbols() {
    DecimalFormatSymbols symbols = DecimalFormatSymbols.getInstance(Locale.ROOT);
    symbols.setDecimalSeparator(mark);
    symbols.setGroupingSeparator(group);
    return symbols;
  }
}
