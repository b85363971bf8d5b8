package dev.millrace.sheet.supplier;

import static dev.millrace.sheet.supplier.BadRowException.quote;

import dev.millrace.sheet.SheetCell;
import dev.millrace.sheet.SheetRow;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of one supplier sheet.
 *
 * @param priceMark the decimal mark that the unambiguous prices of the sheet agree on
 * @param sheetCurrency of the price column's header, else the supplier's
 */
record ItemReader(
    Header<ItemColumn> header, Optional<DecimalMark> priceMark, Optional<String> sheetCurrency) {
  private static final BigDecimal TOO_HIGH = BigDecimal.TEN.pow(12);
  private static final int MAX_DECIMALS = 6;
  private static final int MAX_SKU = 100;
  private static final int MAX_NAME = 1_000;

  static ItemReader of(
      Header<ItemColumn> header, List<SheetRow> rows, @Nullable String supplierCurrency) {
    return new ItemReader(
        header,
        agreedMark(header, rows),
        header.currency(ItemColumn.PRICE).or(() -> Optional.ofNullable(supplierCurrency)));
  }

  SupplierItem read(SheetRow row) throws BadRowException {
    String sku = text(row, ItemColumn.SKU, MAX_SKU);
    String name = text(row, ItemColumn.NAME, MAX_NAME);
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

  /** Empty if no price tells, or if they contradict each other. */
  private static Optional<DecimalMark> agreedMark(Header<ItemColumn> header, List<SheetRow> rows) {
    Set<DecimalMark> marks = EnumSet.noneOf(DecimalMark.class);
    for (SheetRow row : rows) {
      try {
        Numeral numeral = PriceText.parse(header.cell(row, ItemColumn.PRICE), null).numeral();
        if (!numeral.ambiguous()) {
          numeral.mark().ifPresent(marks::add);
        }
      } catch (BadRowException e) {
        // will be reported when the row is read; as a witness it is worthless
      }
    }
    return marks.size() == 1 ? Optional.of(marks.iterator().next()) : Optional.empty();
  }

  private String text(SheetRow row, ItemColumn column, int maxLength) throws BadRowException {
    String text = header.cell(row, column).text();
    if (text.isEmpty()) {
      throw new BadRowException("no " + column.title());
    }
    if (text.length() > maxLength) {
      throw new BadRowException(column.title() + " is longer than " + maxLength + " characters");
    }
    return text;
  }

  private Optional<String> columnCurrency(SheetRow row) throws BadRowException {
    String text = header.cell(row, ItemColumn.CURRENCY).text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> currency = CurrencyText.parse(text, sheetCurrency.orElse(null));
    if (currency.isEmpty()) {
      throw new BadRowException("not a currency: " + quote(text));
    }
    return currency;
  }

  private static Optional<String> currency(PriceText price, Optional<String> column)
      throws BadRowException {
    if (price.currency().isPresent() && column.isPresent() && !price.currency().equals(column)) {
      throw new BadRowException(
          "the price is in %s, its currency column says %s"
              .formatted(price.currency().get(), column.get()));
    }
    return price.currency().or(() -> column);
  }

  private BigDecimal amount(Numeral numeral, SheetRow row) throws BadRowException {
    if (numeral.ambiguous() && priceMark.isEmpty()) {
      throw new BadRowException(
          "%s may mean %s or %s, and the other prices do not tell"
              .formatted(
                  quote(header.cell(row, ItemColumn.PRICE).text()),
                  numeral.value().toPlainString(),
                  numeral.valueInThousands().toPlainString()));
    }
    BigDecimal amount =
        numeral.ambiguous() ? numeral.valueWith(priceMark.orElseThrow()) : numeral.value();
    if (amount.compareTo(TOO_HIGH) >= 0) {
      throw new BadRowException("a price of a trillion or more");
    }
    BigDecimal shortest = amount.stripTrailingZeros();
    if (shortest.scale() > MAX_DECIMALS) {
      throw new BadRowException("a price with more than " + MAX_DECIMALS + " decimals");
    }
    return shortest.setScale(Math.max(shortest.scale(), 2));
  }

  private static @Nullable Integer quantity(SheetCell cell) throws BadRowException {
    if (cell.isBlank()) {
      return null;
    }
    Optional<BigDecimal> whole =
        cell.number()
            ? Optional.of(new BigDecimal(cell.text()))
            : Numeral.parse(cell.text()).map(n -> n.ambiguous() ? n.valueInThousands() : n.value());
    try {
      int quantity =
          whole
              .orElseThrow(() -> new BadRowException("not a quantity: " + quote(cell.text())))
              .intValueExact();
      if (quantity < 0) {
        throw new BadRowException("a negative quantity: " + quote(cell.text()));
      }
      return quantity;
    } catch (ArithmeticException e) {
      throw new BadRowException("not a whole quantity: " + quote(cell.text()));
    }
  }
}
