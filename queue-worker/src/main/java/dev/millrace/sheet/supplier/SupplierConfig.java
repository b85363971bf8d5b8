package dev.millrace.sheet.supplier;

import dev.millrace.mapping.ColumnMapping;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * One line of the master sheet: a supplier and the URL of its sheet.
 *
 * @param code the key of the supplier: from its column, else made from the name ({@code "Müller &
 *     Söhne"} is {@code muller-sohne}); lower case
 * @param sheetUrl absolute; may hold a secret, so {@link #toString} shows the host only
 * @param currency ISO 4217; null if the master sheet does not say
 * @param enabled whether to read the sheet at all
 * @param row where the supplier stands in the master sheet
 * @param mapping what the master sheet sets for the supplier's sheet
 */
public record SupplierConfig(
    String code,
    String name,
    URI sheetUrl,
    @Nullable String currency,
    boolean enabled,
    int row,
    ColumnMapping mapping) {
  /** Without a mapping. */
  public SupplierConfig(
      String code, String name, URI sheetUrl, @Nullable String currency, boolean enabled, int row) {
    this(code, name, sheetUrl, currency, enabled, row, ColumnMapping.NONE);
  }

  public SupplierConfig {
    if (code.isBlank() || name.isBlank() || !sheetUrl.isAbsolute()) {
      throw new IllegalArgumentException(
          "a supplier needs a code, a name and an absolute URL, was %s, %s".formatted(code, name));
    }
  }

  @Override
  public String toString() {
    return "SupplierConfig[code=%s, name=%s, host=%s, currency=%s, enabled=%s, row=%d]"
        .formatted(code, name, sheetUrl.getHost(), currency, enabled, row);
  }
}
