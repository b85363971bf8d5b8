package dev.millrace.sheet.supplier;

import dev.millrace.sheet.SheetCell;
import dev.millrace.sheet.SheetRow;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The decimal marks that the unambiguous numbers of a sheet show. Not thread-safe. */
final class DecimalMarks {
  private final Set<DecimalMark> ofPrices = EnumSet.noneOf(DecimalMark.class);
  private final Set<DecimalMark> ofQuantities = EnumSet.noneOf(DecimalMark.class);

  /** Notes the marks of one row. */
  void note(Header<ItemColumn> header, SheetRow row) {
    SheetCell price = header.cell(row, ItemColumn.PRICE);
    if (!price.isBlank() && !price.number()) {
      note(price(price), ofPrices);
    }
    SheetCell quantity = header.cell(row, ItemColumn.QUANTITY);
    if (!quantity.isBlank() && !quantity.number()) {
      note(Numeral.parse(quantity.text()), ofQuantities);
    }
  }

  /** Of the prices, or of the quantities if no price shows one; empty if they differ. */
  Optional<DecimalMark> forPrices() {
    return agreed(ofPrices.isEmpty() ? ofQuantities : ofPrices);
  }

  /** Of the prices and quantities; empty if they differ. */
  Optional<DecimalMark> forQuantities() {
    Set<DecimalMark> both = EnumSet.copyOf(ofPrices);
    both.addAll(ofQuantities);
    return agreed(both);
  }

  private static Optional<DecimalMark> agreed(Set<DecimalMark> marks) {
    return marks.size() == 1 ? Optional.of(marks.iterator().next()) : Optional.empty();
  }

  private static void note(Optional<Numeral> numeral, Set<DecimalMark> marks) {
    if (numeral.isPresent() && !numeral.get().ambiguous()) {
      numeral.get().mark().ifPresent(marks::add);
    }
  }

  private static Optional<Numeral> price(SheetCell cell) {
    try {
      return Optional.of(PriceText.parse(cell, null).numeral());
    } catch (BadRowException e) {
      // reported when the row is read; it shows no mark
      return Optional.empty();
    }
  }
}
