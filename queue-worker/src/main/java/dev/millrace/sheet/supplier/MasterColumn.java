package dev.millrace.sheet.supplier;

import java.util.List;

enum MasterColumn implements Column {
  CODE(
      "code",
      "supplier code",
      "supplier id",
      "supplier no",
      "vendor code",
      "vendor id",
      "vendor no",
      "code",
      "key",
      "short name",
      "kurzel",
      "lieferantennummer",
      "lieferanten nr",
      "id"),
  NAME(
      "supplier name",
      "supplier name",
      "supplier",
      "vendor name",
      "vendor",
      "name",
      "company",
      "company name",
      "lieferant",
      "lieferantenname",
      "firma",
      "fournisseur",
      "proveedor",
      "fornitore"),
  URL(
      "sheet URL",
      "sheet url",
      "google sheet url",
      "google sheet",
      "google sheets url",
      "google sheet link",
      "sheet link",
      "price list url",
      "price list link",
      "pricelist url",
      "pricelist",
      "price list",
      "spreadsheet",
      "spreadsheet url",
      "feed url",
      "feed",
      "source url",
      "source",
      "url",
      "link",
      "sheet",
      "preisliste",
      "preisliste url"),
  CURRENCY("currency", "currency", "default currency", "curr", "ccy", "wahrung", "devise"),
  ENABLED("enabled", "enabled", "active", "aktiv", "status", "sync", "on off");

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
  private final List<String> synonyms;

  MasterColumn(String title, String... synonyms) {
    this.title = title;
    this.synonyms = List.of(synonyms);
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
