package dev.millrace.demo;

import dev.millrace.demo.Catalogue.Part;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Writes the rows of one supplier's sheet and keeps count of what a reader should find. */
final class SupplierRows {
  private final SheetStyle style;
  private final SplittableRandom random;
  private final List<List<Object>> rows = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private int badRows;
  private int duplicateRows;

  SupplierRows(SheetStyle style, SplittableRandom random, String supplierName) {
    this.style = style;
    this.random = random;
    if (style.titleRows() > 0) {
      rows.add(List.of(supplierName + " – price list"));
    }
    for (int i = 1; i < style.titleRows(); i++) {
      rows.add(i == 1 ? List.of("Valid from 1 March", "", "all prices without tax") : List.of());
    }
    rows.add(new ArrayList<>(style.header()));
  }

  /** What real lists are like: mostly good, now and then blank, repeated or unfinished. */
  SupplierRows untidy(String supplier, int count) {
    for (int i = 0; i < count; i++) {
      switch (random.nextInt(60)) {
        case 0 -> rows.add(List.of());
        case 1 -> rows.add(List.of("", " ", "\u00a0"));
        case 2 -> duplicate();
        case 3 -> unfinished(supplier, i);
        default -> good(supplier, i);
      }
    }
    return this;
  }

  /** Every third row is broken, each in one of many ways. */
  SupplierRows broken(String supplier, int count) {
    rows.add(row("MIX-1", "Made with a comma", "12,50", "1"));
    rows.add(row("MIX-2", "Made with a point", "12.50", "1"));
    parts.add(new Part("MIX-1", "", 1_250, 1));
    parts.add(new Part("MIX-2", "", 1_250, 1));
    for (int i = 0; i < count; i++) {
      if (i % 3 == 0) {
        bad(Catalogue.part(random, supplier, i, false), i / 3);
      } else {
        good(supplier, i);
      }
    }
    return this;
  }

  List<List<Object>> rows() {
    return rows;
  }

  int width() {
    return style.titleRows() > 0 ? style.header().size() : 0;
  }

  int items() {
    return parts.size();
  }

  int badRows() {
    return badRows;
  }

  int duplicateRows() {
    return duplicateRows;
  }

  private void good(String supplier, int number) {
    Part part = Catalogue.part(random, supplier, number, style.numericSkus());
    parts.add(part);
    rows.add(
        row(sku(part), untrimmed(part.name()), price(part.cents()), quantity(part.quantity())));
  }

  private void duplicate() {
    if (parts.isEmpty()) {
      return;
    }
    Part earlier = parts.get(random.nextInt(parts.size()));
    String sku =
        random.nextBoolean() ? earlier.sku() : earlier.sku().toLowerCase(Locale.ROOT) + " ";
    rows.add(row(sku, earlier.name(), price(earlier.cents() + random.nextInt(2)), quantity(1)));
    duplicateRows++;
  }

  private void unfinished(String supplier, int number) {
    Part part = Catalogue.part(random, supplier, number, style.numericSkus());
    rows.add(row(part.sku(), part.name(), random.nextBoolean() ? "on request" : "", quantity(0)));
    badRows++;
  }

  private void bad(Part part, int way) {
    rows.add(
        switch (way % 10) {
          case 0 -> row("", part.name(), price(part.cents()), "1");
          case 1 -> row(part.sku(), "", price(part.cents()), "1");
          case 2 -> row(part.sku(), part.name(), "", "1");
          case 3 -> row(part.sku(), part.name(), "call us", "1");
          case 4 -> row(part.sku(), part.name(), "-" + price(part.cents()), "1");
          case 5 ->
              row(part.sku(), part.name(), "1,234", "1"); // one thousand, or a little over one?
          case 6 -> row(part.sku(), part.name(), price(part.cents()), "a few");
          case 7 -> row(part.sku(), part.name(), "12,50 – 14,90", "1");
          case 8 -> row(part.sku(), part.name(), "#REF!", "1");
          default -> List.of("— " + part.name() + " —");
        });
    badRows++;
  }

  private List<Object> row(Object sku, Object name, Object price, Object quantity) {
    return style.currencyColumn().isEmpty()
        ? List.of(sku, name, price, quantity)
        : List.of(sku, name, price, quantity, style.currencyColumn());
  }

  private Object sku(Part part) {
    return style.numericSkus() ? new BigDecimal(part.sku()) : untrimmed(part.sku());
  }

  private Object price(int cents) {
    boolean asNumber = style.price() == PriceStyle.NUMBER && random.nextInt(10) > 0;
    return asNumber ? BigDecimal.valueOf(cents, 2) : style.price().write(cents);
  }

  private Object quantity(int quantity) {
    return random.nextInt(20) == 0 ? style.price().whole(quantity) : BigDecimal.valueOf(quantity);
  }

  private String untrimmed(String text) {
    return switch (random.nextInt(15)) {
      case 0 -> text + "  ";
      case 1 -> "\u00a0" + text;
      default -> text;
    };
  }
}
