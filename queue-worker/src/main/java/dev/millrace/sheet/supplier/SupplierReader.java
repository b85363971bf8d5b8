package dev.millrace.sheet.supplier;

import dev.millrace.mapping.ColumnMapping;
import dev.millrace.sheet.Sheet;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetRow;
import dev.millrace.sheet.SheetView;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the items of a supplier's sheet; the package's description has the rules. The sheet is read
 * twice: first its header and the decimal marks of its numbers, then its rows. So a sheet that is
 * broken anywhere gives no row at all, and none is kept in memory.
 */
public final class SupplierReader {
  private static final List<List<ItemColumn>> REQUIRED =
      List.of(List.of(ItemColumn.SKU), List.of(ItemColumn.NAME), List.of(ItemColumn.PRICE));

  private SupplierReader() {}

  /**
   * Gives each row below the header to the sink.
   *
   * @param mapping what is set for this sheet
   * @param currency ISO code, for prices the sheet names no currency for; null if unknown
   * @throws SheetException if the sheet cannot be read, has no header or no row below it; then no
   *     row was given
   */
  public static void read(
      Sheet sheet, ColumnMapping mapping, @Nullable String currency, ItemSink sink) {
    SheetView view = new SheetView(mapping.tab(), mapping.hiddenRows().orElse(true));
    HeaderSearch<ItemColumn> search =
        new HeaderSearch<>(ItemColumn.class, REQUIRED, names(mapping));
    DecimalMarks marks = new DecimalMarks();
    Rows rows = new Rows();
    sheet.read(
        view,
        row ->
            search
                .next(row)
                .filter(header -> header.precedes(row))
                .ifPresent(
                    header -> {
                      rows.any = true;
                      marks.note(header, row);
                    }));
    Header<ItemColumn> header = search.header();
    if (!rows.any) {
      throw new SheetException(
          SheetErrorType.EMPTY_SHEET,
          "the sheet has no row below its header, which is row " + header.row().number());
    }
    ItemReader reader = ItemReader.of(header, marks, mapping.decimal(), currency);
    sheet.read(
        view,
        row -> {
          if (header.precedes(row)) {
            read(reader, row, sink);
          }
        });
  }

  private static final class Rows {
    private boolean any;
  }

  private static void read(ItemReader reader, SheetRow row, ItemSink sink) {
    SupplierItem item;
    try {
      item = reader.read(row);
    } catch (BadRowException e) {
      Optional<String> sku = reader.sku(row);
      sink.problem(e.at(row.number(), reader.header()), sku, sku.isEmpty() && reader.isAnItem(row));
      return;
    }
    sink.item(item);
  }

  private static Map<ItemColumn, HeaderText> names(ColumnMapping mapping) {
    Map<ItemColumn, HeaderText> names = new EnumMap<>(ItemColumn.class);
    for (ItemColumn column : ItemColumn.values()) {
      String header = mapping.columns().get(column.field());
      if (header != null) {
        names.put(column, HeaderText.of(header));
      }
    }
    return names;
  }
}
