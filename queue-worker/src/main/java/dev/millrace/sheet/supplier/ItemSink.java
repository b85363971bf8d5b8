package dev.millrace.sheet.supplier;

import java.util.Optional;

/** Takes the rows of a supplier's sheet, in their order. */
public interface ItemSink {
  /** A row that can be read. It may repeat the SKU of an earlier one. */
  void item(SupplierItem item);

  /**
   * A row that cannot be read. Its item was not removed from the sheet.
   *
   * @param sku of the row, if that can be read
   * @param maybeItem whether the row may be any item, because its SKU cannot be read
   */
  void problem(RowProblem problem, Optional<String> sku, boolean maybeItem);
}
