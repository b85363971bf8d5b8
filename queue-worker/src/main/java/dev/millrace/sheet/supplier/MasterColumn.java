package dev.millrace.sheet.supplier;

import dev.millrace.mapping.ColumnMapping;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

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
  ENABLED("enabled", "enabled", "active", "aktiv", "status", "sync", "on off"),
  MAP_SKU("map_sku", "map sku"),
  MAP_NAME("map_name", "map name"),
  MAP_PRICE("map_price", "map price"),
  MAP_CURRENCY("map_currency", "map currency"),
  MAP_QUANTITY("map_quantity", "map quantity"),
  MAP_DECIMAL("map_decimal", "map decimal"),
  MAP_TAB("map_tab", "map tab"),
  MAP_HIDDEN_ROWS("map_hidden_rows", "map hidden rows");

  /** The columns that set how the supplier's sheet is read. */
  static final Set<MasterColumn> OF_MAPPING =
      Collections.unmodifiableSet(EnumSet.range(MAP_SKU, MAP_HIDDEN_ROWS));

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
  private final List<String> synonyms;

  MasterColumn(String title, String... synonyms) {
    this.title = title;
    this.synonyms = List.of(synonyms);
  }

  /** The field of a {@link ColumnMapping} that this column sets. */
  String mappingField() {
    return title.substring("map_".length());
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
