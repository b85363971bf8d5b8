package dev.millrace.sheet.supplier;

import dev.millrace.mapping.ColumnMapping;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link SupplierReader} gives, in memory; of rows with the same SKU the first one counts,
 * as in Postgres.
 *
 * @param items in the order of the sheet, each SKU once
 * @param problems in the order of the sheet
 * @param unread the items of the rows that cannot be read
 */
public record SupplierSheet(List<SupplierItem> items, List<RowProblem> problems, Unread unread) {
  /**
   * Rows of the sheet that cannot be read. Their items were not removed from the sheet.
   *
   * @param keys the keys of those whose SKU can be read, by {@link SupplierSheet#key}
   * @param withoutSku how many have a SKU that cannot be read: each may be any item that is missing
   */
  public record Unread(Set<String> keys, int withoutSku) {
    public Unread {
      keys = Set.copyOf(keys);
    }
  }

  public SupplierSheet {
    items = List.copyOf(items);
    problems = List.copyOf(problems);
  }

  /**
   * Finds the header and reads the rows below it. An interrupt of the thread ends it with {@link
   * SheetErrorType#UNREACHABLE}.
   *
   * @param supplierCurrency ISO code, for prices the sheet names no currency for; null if unknown
   * @throws SheetException of type {@link SheetErrorType#MISSING_COLUMNS} if there is no header, or
   *     {@link SheetErrorType#EMPTY_SHEET} if it has no rows
   */
  public static SupplierSheet parse(SheetTable table, @Nullable String supplierCurrency) {
    Map<String, SupplierItem> items = new LinkedHashMap<>();
    List<RowProblem> problems = new ArrayList<>();
    Set<String> unread = new HashSet<>();
    int[] withoutSku = new int[1];
    SupplierReader.read(
        table.asSheet(),
        ColumnMapping.NONE,
        supplierCurrency,
        new ItemSink() {
          @Override
          public void item(SupplierItem item) {
            SupplierItem first = items.putIfAbsent(key(item.sku()), item);
            if (first != null) {
              problems.add(
                  RowProblem.duplicate(item.row(), "SKU", item.sku(), repeats(item, first)));
            }
          }

          @Override
          public void problem(RowProblem problem, Optional<String> sku, boolean maybeItem) {
            problems.add(problem);
            sku.ifPresent(known -> unread.add(key(known)));
            withoutSku[0] += maybeItem ? 1 : 0;
          }
        });
    return new SupplierSheet(
        List.copyOf(items.values()), problems, new Unread(unread, withoutSku[0]));
  }

  /** The key that all spellings of a SKU share. */
  public static String key(String sku) {
    return sku.toUpperCase(Locale.ROOT);
  }

  /**
   * The type of the sheet as a whole: {@code SUCCESS} if it has a valid item; else {@code BAD_ROW}
   * or {@code EMPTY_SHEET}.
   */
  public SheetErrorType outcome() {
    if (!items.isEmpty()) {
      return SheetErrorType.SUCCESS;
    }
    return problems.isEmpty() ? SheetErrorType.EMPTY_SHEET : SheetErrorType.BAD_ROW;
  }

  private static String repeats(SupplierItem item, SupplierItem first) {
    boolean same =
        new SupplierItem(
                first.sku(),
                item.name(),
                item.price(),
                item.currency(),
                item.quantity(),
                first.row())
            .equals(first);
    return "repeats %s of row %d%s"
        .formatted(
            BadRowException.quote(item.sku()),
            first.row(),
            same ? "" : " with other values; row " + first.row() + " counts");
  }
}
