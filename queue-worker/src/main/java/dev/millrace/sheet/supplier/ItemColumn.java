package dev.millrace.sheet.supplier;

import dev.millrace.mapping.ColumnMapping;
import java.util.List;
import java.util.Locale;

enum ItemColumn implements Column {
  SKU(
      "SKU",
      "sku",
      "sku no",
      "sku code",
      "item sku",
      "part number",
      "part no",
      "partnumber",
      "part nr",
      "part id",
      "art no",
      "art nr",
      "article no",
      "article number",
      "article",
      "artikel nr",
      "artikelnr",
      "artikelnummer",
      "artikel nummer",
      "item no",
      "item number",
      "item code",
      "item id",
      "product code",
      "product no",
      "product id",
      "product number",
      "bestellnummer",
      "bestell nr",
      "teilenummer",
      "teile nr",
      "reference",
      "ref",
      "ref no",
      "reference fournisseur",
      "mpn",
      "code",
      "stock code",
      "catalog no",
      "catalogue no",
      "varenummer",
      "artnr"),
  NAME(
      "name",
      "name",
      "item name",
      "product name",
      "product",
      "part name",
      "title",
      "description",
      "item description",
      "product description",
      "bezeichnung",
      "artikelbezeichnung",
      "artikelname",
      "artikel",
      "produkt",
      "beschreibung",
      "designation",
      "libelle",
      "descripcion",
      "descrizione",
      "omschrijving",
      "item"),
  PRICE(
      "price",
      "price",
      "unit price",
      "net price",
      "price net",
      "sales price",
      "selling price",
      "list price",
      "price per unit",
      "price each",
      "price per piece",
      "price pc",
      "price unit",
      "cost",
      "unit cost",
      "preis",
      "stuckpreis",
      "einzelpreis",
      "nettopreis",
      "netto preis",
      "verkaufspreis",
      "listenpreis",
      "ep",
      "vk",
      "uvp",
      "msrp",
      "rrp",
      "prix",
      "prix unitaire",
      "prix ht",
      "precio",
      "prezzo",
      "prijs",
      "pris",
      "cena"),
  CURRENCY("currency", "currency", "curr", "ccy", "cur", "wahrung", "devise", "moneda", "valuta"),
  QUANTITY(
      "quantity",
      "quantity",
      "qty",
      "stock",
      "in stock",
      "qty in stock",
      "stock qty",
      "stock quantity",
      "stock level",
      "available",
      "available qty",
      "availability",
      "on hand",
      "qty on hand",
      "units",
      "pcs",
      "menge",
      "bestand",
      "lagerbestand",
      "anzahl",
      "stuck",
      "verfugbar",
      "quantite",
      "qte",
      "stock disponible",
      "cantidad",
      "quantita",
      "aantal",
      "antal");

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
  private final List<String> synonyms;

  ItemColumn(String title, String... synonyms) {
    this.title = title;
    this.synonyms = List.of(synonyms);
  }

  /** Its name in a {@link ColumnMapping}. */
  String field() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public List<String> synonyms() {
    return synonyms;
  }

  @Override
  public String title() {
    return title;
  }
}
