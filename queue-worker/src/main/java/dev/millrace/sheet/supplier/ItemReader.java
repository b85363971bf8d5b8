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
 * @param priceMark the decimal mark of the sheet's unambiguous prices, or of its quantities if no
 *     price shows one
 * @param quantityMark the decimal mark of its unambiguous prices and quantities
 * @param sheetCurrency of the price column's header, else the supplier's
 */
record ItemReader(
    Header<ItemColumn> header,
    Optional<DecimalMark> priceMark,
    Optional<DecimalMark> quantityMark,
    Optional<String> sheetCurrency) {
  private static final BigDecimal TOO_HIGH = BigDecimal.TEN.pow(12);
  private static final int MAX_DECIMALS = 6;

  static ItemReader of(
      Header<ItemColumn> header, List<SheetRow> rows, @Nullable String supplierCurrency) {
    Set<DecimalMark> ofPrices = EnumSet.noneOf(DecimalMark.class);
    Set<DecimalMark> ofQuantities = EnumSet.noneOf(DecimalMark.class);
    for (SheetRow row : rows) {
      priceNumeral(header.cell(row, ItemColumn.PRICE)).ifPresent(n -> note(n, ofPrices));
      quantityNumeral(header.cell(row, ItemColumn.QUANTITY)).ifPresent(n -> note(n, ofQuantities));
    }
    Set<DecimalMark> ofBoth = EnumSet.copyOf(ofPrices);
    ofBoth.addAll(ofQuantities);
    return new ItemReader(
        header,
        agreed(ofPrices.isEmpty() ? ofQuantities : ofPrices),
        agreed(ofBoth),
        header.currency(ItemColumn.PRICE).or(() -> Optional.ofNullable(supplierCurrency)));
  }

  SupplierItem read(SheetRow row) throws BadRowException {
    if (row.problem() != null) {
      throw new BadRowException(row.problem());
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

  /** The common decimal mark; empty if none is shown, or if they differ. */
  private static Optional<DecimalMark> agreed(Set<DecimalMark> marks) {
    return marks.size() == 1 ? Optional.of(marks.iterator().next()) : Optional.empty();
  }

  private static void note(Numeral numeral, Set<DecimalMark> marks) {
    if (!numeral.ambiguous()) {
      numeral.mark().ifPresent(marks::add);
    }
  }

  private static Optional<Numeral> priceNumeral(SheetCell cell) {
    try {
      return Optional.of(PriceText.parse(cell, null).numeral());
    } catch (BadRowException e) {
      // reported when the row is read; it shows no mark
      return Optional.empty();
    }
  }

  private static Optional<Numeral> quantityNumeral(SheetCell cell) {
    return cell.isBlank() || cell.number() ? Optional.empty() : Numeral.parse(cell.text());
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
          "%s may mean %s or %s, and the other prices do not decide it"
              .formatted(
                  quote(header.cell(row, ItemColumn.PRICE).text()),
                  numeral.value().toPlainString(),
                  numeral.valueInThousands().toPlainString()));
    }
    BigDecimal amount =
        numeral.ambiguous() ? numeral.valueWith(priceMark.orElseThrow()) : numeral.value();
    if (amount.compareTo(TOO_HIGH) >= 0) {
      throw new BadRowException("the price is 10^12 or more");
    }
    BigDecimal shortest = amount.stripTrailingZeros();
    if (shortest.scale() > MAX_DECIMALS) {
      throw new BadRowException("the price has more than " + MAX_DECIMALS + " decimals");
    }
    return shortest.setScale(Math.max(shortest.scale(), 2));
  }

  private @Nullable Integer quantity(SheetCell cell) throws BadRowException {
    if (cell.isBlank()) {
      return null;
    }
    try {
      int quantity = wholeQuantity(cell).intValueExact();
      if (quantity < 0) {
        throw new BadRowException("the quantity is negative: " + quote(cell.text()));
      }
      return quantity;
    } catch (ArithmeticException e) {
      throw new BadRowException("not a whole quantity: " + quote(cell.text()));
    }
  }

  private BigDecimal wholeQuantity(SheetCell cell) throws BadRowException {
    if (cell.number()) {
      return new BigDecimal(cell.value());
    }
    Numeral numeral =
        Numeral.parse(cell.text())
            .orElseThrow(() -> new BadRowException("not a quantity: " + quote(cell.text())));
    if (!numeral.ambiguous()) {
      return numeral.value();
    }
    if (quantityMark.isPresent()) {
      return numeral.valueWith(quantityMark.get());
    }
    // a quantity is whole: 1,250 can only be grouped, while 1,000 may be one as well
    if (numeral.value().stripTrailingZeros().scale() <= 0) {
      throw new BadRowException(
          "quantity %s may mean %s or %s, and the sheet's other numbers do not decide it"
              .formatted(
                  quote(cell.text()),
                  numeral.value().setScale(0).toPlainString(),
                  numeral.valueInThousands().toPlainString()));
    }
    return numeral.valueInThousands();
  }
}
