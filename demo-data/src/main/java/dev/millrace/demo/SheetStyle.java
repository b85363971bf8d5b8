package dev.millrace.demo;

import java.util.List;

/**
 * How a supplier lays out its sheet.
 *
 * @param header SKU, name, price and, if it says so, quantity and currency, in its own words
 * @param titleRows above the header, the first one merged over all columns where the file can
 * @param currencyColumn what its currency column says; empty if it has none
 */
record SheetStyle(
    FileKind file,
    List<String> header,
    PriceStyle price,
    int titleRows,
    String currencyColumn,
    boolean numericSkus) {
  SheetStyle {
    header = List.copyOf(header);
  }

  private static final List<SheetStyle> ALL =
      List.of(
          new SheetStyle(
              FileKind.XLSX,
              List.of("SKU", "Name", "Price", "Qty", "Currency"),
              PriceStyle.NUMBER,
              0,
              "USD",
              false),
          new SheetStyle(
              FileKind.CSV_COMMA,
              List.of("Part Number", "Description", "Unit Price", "In Stock"),
              PriceStyle.DOLLAR_SIGN,
              2,
              "",
              false),
          new SheetStyle(
              FileKind.CSV_SEMICOLON,
              List.of("Artikel-Nr.", "Bezeichnung", "Preis", "Bestand"),
              PriceStyle.EURO_SIGN,
              0,
              "",
              false),
          new SheetStyle(
              FileKind.XLSX,
              List.of("Art. No", "Product", "Price (EUR)", "Stock"),
              PriceStyle.NUMBER,
              3,
              "",
              true),
          new SheetStyle(
              FileKind.XLSX,
              List.of(" Artikelnummer", "Artikelbezeichnung ", "Einzelpreis", "Menge", "Währung"),
              PriceStyle.COMMA,
              1,
              "EUR",
              false),
          new SheetStyle(
              FileKind.CSV_TAB,
              List.of("Item #", "Item description", "Net price", "Available"),
              PriceStyle.POUND_SIGN,
              1,
              "",
              true),
          new SheetStyle(
              FileKind.CSV_COMMA,
              List.of("sku", "title", "price", "quantity", "currency"),
              PriceStyle.NUMBER,
              0,
              "USD",
              true),
          new SheetStyle(
              FileKind.CSV_SEMICOLON,
              List.of("Référence", "Désignation", "Prix unitaire", "Quantité"),
              PriceStyle.EURO_CODE,
              2,
              "",
              false),
          new SheetStyle(
              FileKind.XLSX,
              List.of("PART NO.", "PART NAME", "LIST PRICE", "ON HAND"),
              PriceStyle.DOLLAR_CODE,
              2,
              "",
              false),
          new SheetStyle(
              FileKind.XLSX,
              List.of("Bestellnummer", "Produkt", "Preis in CHF", "Lagerbestand"),
              PriceStyle.FRANC_CODE,
              1,
              "",
              true));

  static SheetStyle of(int supplier) {
    return ALL.get(supplier % ALL.size());
  }

  /** Prices in two notations in one sheet, so that nothing settles a doubtful one. */
  static SheetStyle careless() {
    return new SheetStyle(
        FileKind.XLSX,
        List.of("Code", "Product name", "Price", "Qty"),
        PriceStyle.COMMA,
        1,
        "",
        false);
  }
}
