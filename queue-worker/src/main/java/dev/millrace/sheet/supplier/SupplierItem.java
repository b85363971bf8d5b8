package dev.millrace.sheet.supplier;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * An item that a supplier sells.
 *
 * @param price not negative, below 10^12, at most six decimals, without trailing zeros beyond cents
 * @param currency ISO 4217; null if neither the sheet nor the master sheet says
 * @param quantity in stock, not negative; null if the sheet does not say
 * @param row the number of its row in the sheet, from 1
 */
public record SupplierItem(
    String sku,
    String name,
    BigDecimal price,
    @Nullable String currency,
    @Nullable Integer quantity,
    int row) {
  public SupplierItem {
    if (sku.isBlank() || price.signum() < 0 || (quantity != null && quantity < 0)) {
      throw new IllegalArgumentException(
          "an item needs a SKU, a price >= 0 and a quantity >= 0, was %s, %s, %s"
              .formatted(sku, price, quantity));
    }
  }
}
