package dev.millrace.sheet.supplier;

import dev.millrace.sheet.Sheet;
import dev.millrace.sheet.SheetRow;
import dev.millrace.sheet.SheetTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the items of a supplier's sheet row by row; the package's description has the rules. */
public final class SupplierReader {
  private SupplierReader() {}

  /**
   * Finds the header and gives each row below it to the sink.
   *
   * @param currency ISO code, for prices the sheet names no currency for; null if unknown
   * @throws dev.millrace.sheet.SheetException if the sheet cannot be read, has no header or no rows
   */
  public static void read(Sheet sheet, @Nullable String currency, ItemSink sink) {
    List<SheetRow> all = new ArrayList<>();
    sheet.read(all::add);
    Header<ItemColumn> header =
        Header.find(new SheetTable(all), ItemColumn.class, SupplierSheet.REQUIRED);
    List<SheetRow> rows = header.rowsBelow(new SheetTable(all));
    ItemReader reader = ItemReader.of(header, rows, currency);
    for (SheetRow row : rows) {
      try {
        sink.item(reader.read(row));
      } catch (BadRowException e) {
        Optional<String> sku = reader.sku(row);
        sink.problem(e.at(row.number()), sku, sku.isEmpty() && reader.isAnItem(row));
      }
    }
  }
}
