package dev.millrace.sheet.supplier;

import static dev.millrace.sheet.supplier.BadRowException.quote;

import dev.millrace.sheet.SheetCell;
import dev.millrace.sheet.SheetRow;
import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of one supplier sheet.
 *
 * @param setMark the decimal mark that is set for the sheet
 * @param priceMark the set one, else the decimal mark of the sheet's unambiguous prices, or of its
 *     quantities if no price shows one
 * @param quantityMark the set one, else the decimal mark of its unambiguous prices and quantities
 * @param sheetCurrency of the price column's header, else the supplier's
 */
record ItemReader(
    Header<ItemColumn> header,
    Optional<DecimalMark> setMark,
    Optional<DecimalMark> priceMark,
    Optional<DecimalMark> quantityMark,
    Optional<String> sheetCurrency) {
  private static final BigDecimal TOO_HIGH = BigDecimal.TEN.pow(12);
  private static final int MAX_DECIMALS = 6;

  /**
   * @param decimal the mark that is set for the sheet
   * @param supplierCurrency null if unknown
   */
  static ItemReader of(
      Header<ItemColumn> header,
      DecimalMarks marks,
      Optional<Character> decimal,
      @Nullable String supplierCurrency) {
    Optional<DecimalMark> set =
        decimal.map(mark -> mark == ',' ? DecimalMark.COMMA : DecimalMark.POINT);
    return new ItemReader(
        header,
        set,
        set.or(marks::forPrices),
        set.or(marks::forQuantities),
        header.currency(ItemColumn.PRICE).or(() -> Optional.ofNullable(supplierCurrency)));
  }

  SupplierItem read(SheetRow row) throws BadRowException {
    if (row.problem() != null) {
      throw BadRowException.ofRow(RowCode.UNREADABLE_ROW, row.problem());
    }
    String sku = ItemText.sku(header.cell(row, ItemColumn.SKU));
    String name = ItemText.name(header.cell(row, ItemColumn.NAME));
    Optional<String> column = columnCurrency(row);
    String expected = column.or(() -> sheetCurrency).orElse(null);
    PriceText price = PriceText.parse(header.cell(row, ItemColumn.PRICE), expected);
    return new SupplierItem(
        sku,
        name,
        amount(price.numeral(), row),
        currency(price, column).or(() -> sheetCurrency).orElse(null),
        quantity(header.cell(row, ItemColumn.QUANTITY)),
        row.number());
  }

  /** The SKU of a row that cannot be read as a whole; empty if that cannot be read either. */
  Optional<String> sku(SheetRow row) {
    try {
      return Optional.of(ItemText.sku(header.cell(row, ItemColumn.SKU)));
    } catch (BadRowException e) {
      return Optional.empty();
    }
  }

  /** Whether a row without a readable SKU is an item, not a heading, a note or an empty line. */
  boolean isAnItem(SheetRow row) {
    return row.problem() != null
        || !header.cell(row, ItemColumn.SKU).isBlank()
        || (!header.cell(row, ItemColumn.NAME).isBlank()
            && !header.cell(row, ItemColumn.PRICE).isBlank());
  }

  private Optional<String> columnCurrency(SheetRow row) throws BadRowException {
    String text = header.cell(row, ItemColumn.CURRENCY).text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> currency = CurrencyText.parse(text, sheetCurrency.orElse(null));
    if (currency.isEmpty()) {
      throw new BadRowException(
          RowCode.UNKNOWN_CURRENCY, ItemColumn.CURRENCY, text, "not a currency: " + quote(text));
    }
    return currency;
  }

  private static Optional<String> currency(PriceText price, Optional<String> column)
      throws BadRowException {
    if (price.currency().isPresent() && column.isPresent() && !price.currency().equals(column)) {
      throw new BadRowException(
          RowCode.CURRENCY_CONFLICT,
          ItemColumn.CURRENCY,
          column.get(),
          "the price is in %s, its currency column says %s"
              .formatted(price.currency().get(), column.get()));
    }
    return price.currency().or(() -> column);
  }

  private BigDecimal amount(Numeral numeral, SheetRow row) throws BadRowException {
    String text = header.cell(row, ItemColumn.PRICE).text();
    requireSetMark(numeral, ItemColumn.PRICE, text);
    if (numeral.ambiguous() && priceMark.isEmpty()) {
      throw new BadRowException(
          RowCode.AMBIGUOUS_NUMBER,
          ItemColumn.PRICE,
          text,
          "%s may mean %s or %s, and the other prices do not decide it"
              .formatted(
                  quote(text),
                  numeral.value().toPlainString(),
                  numeral.valueInThousands().toPlainString()));
    }
    BigDecimal amount =
        numeral.ambiguous() ? numeral.valueWith(priceMark.orElseThrow()) : numeral.value();
    if (amount.compareTo(TOO_HIGH) >= 0) {
      throw new BadRowException(
          RowCode.OUT_OF_RANGE, ItemColumn.PRICE, text, "the price is 10^12 or more");
    }
    if (amount.scale() == 2) {
      return amount;
    }
    BigDecimal shortest = amount.stripTrailingZeros();
    if (shortest.scale() > MAX_DECIMALS) {
      throw new BadRowException(
          RowCode.OUT_OF_RANGE,
          ItemColumn.PRICE,
          text,
          "the price has more than " + MAX_DECIMALS + " decimals");
    }
    return shortest.setScale(Math.max(shortest.scale(), 2));
  }

  /** A number that can only be written with the other mark contradicts the setting. */
  private void requireSetMark(Numeral numeral, ItemColumn column, String text)
      throws BadRowException {
    if (setMark.isPresent()
        && !numeral.ambiguous()
        && numeral.mark().isPresent()
        && !numeral.mark().equals(setMark)) {
      throw new BadRowException(
          RowCode.NOT_A_NUMBER,
          column,
          text,
          "%s is not written with the decimal mark that is set for the sheet, %s"
              .formatted(quote(text), setMark.get() == DecimalMark.COMMA ? "comma" : "point"));
    }
  }

  private @Nullable Integer quantity(SheetCell cell) throws BadRowException {
    if (cell.isBlank()) {
      return null;
    }
    try {
      int quantity = wholeQuantity(cell).intValueExact();
      if (quantity < 0) {
        throw badQuantity(RowCode.NEGATIVE, "the quantity is negative: ", cell);
      }
      return quantity;
    } catch (ArithmeticException e) {
      throw badQuantity(RowCode.NOT_A_NUMBER, "not a whole quantity: ", cell);
    }
  }

  private BigDecimal wholeQuantity(SheetCell cell) throws BadRowException {
    if (cell.number()) {
      return new BigDecimal(cell.value());
    }
    Optional<Numeral> read = Numeral.parse(cell.text());
    if (read.isEmpty()) {
      throw ItemText.isError(cell)
          ? badQuantity(RowCode.FORMULA_ERROR, "the quantity is the error of a formula: ", cell)
          : badQuantity(RowCode.NOT_A_NUMBER, "not a quantity: ", cell);
    }
    Numeral numeral = read.get();
    requireSetMark(numeral, ItemColumn.QUANTITY, cell.text());
    if (!numeral.ambiguous()) {
      return numeral.value();
    }
    if (quantityMark.isPresent()) {
      return numeral.valueWith(quantityMark.get());
    }
    // a quantity is whole: 1,250 can only be grouped, while 1,000 may be one as well
    if (numeral.value().stripTrailingZeros().scale() <= 0) {
      throw new BadRowException(
          RowCode.AMBIGUOUS_NUMBER,
          ItemColumn.QUANTITY,
          cell.text(),
          "quantity %s may mean %s or %s, and the sheet's other numbers do not decide it"
              .formatted(
                  quote(cell.text()),
                  numeral.value().setScale(0).toPlainString(),
                  numeral.valueInThousands().toPlainString()));
    }
    return numeral.valueInThousands();
  }

  private static BadRowException badQuantity(RowCode code, String reason, SheetCell cell) {
    return new BadRowException(code, ItemColumn.QUANTITY, cell.text(), reason + quote(cell.text()));
  }
}
