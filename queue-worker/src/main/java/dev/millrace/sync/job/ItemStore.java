package dev.millrace.sync.job;

import dev.millrace.db.Sql;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.supplier.SupplierItem;
import dev.millrace.sheet.supplier.SupplierSheet;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;
import org.jspecify.annotations.Nullable;

/**
 * Makes the items of a supplier equal to its sheet, in the caller's transaction. Items are compared
 * one by one with those in Postgres, so that an unchanged item is not written: no dead rows, no
 * changes for watched views.
 */
final class ItemStore {
  private static final String ITEMS = Sql.of(SyncStore.class, "items");
  private static final String UPSERT_ITEMS = Sql.of(SyncStore.class, "upsertItems");
  private static final String DELETE_ITEMS = Sql.of(SyncStore.class, "deleteItems");

  /** The place of the price in items.sql. */
  private static final int PRICE = 3;

  /** How many items one statement writes; it holds all their texts at once. */
  private static final int BATCH = 1_000;

  private ItemStore() {}

  /**
   * What was changed.
   *
   * @param before how many items the supplier had
   * @param lost how many of them the sheet lacks or has in rows that cannot be read
   * @param refused whether these were too many, so that nothing was changed
   * @param kept items that are missing from the readable rows and stay
   * @param written items that were inserted or changed
   * @param deleted items that are gone from the sheet
   */
  record Replaced(int before, int lost, boolean refused, int kept, int written, int deleted) {}

  static Replaced replace(
      Handle handle, String supplier, SupplierSheet sheet, int maxLostPercent, long jobId) {
    Comparison found = compare(handle, supplier, sheet);
    if (found.lost * 100L > (long) found.before * maxLostPercent) {
      return new Replaced(found.before, found.lost, true, found.before, 0, 0);
    }
    batches(found.gone)
        .forEach(
            skus ->
                handle
                    .createUpdate(DELETE_ITEMS)
                    .bind("supplier", supplier)
                    .bindArray("skus", String.class, skus)
                    .execute());
    List<SupplierItem> changed = List.copyOf(found.changed.values());
    batches(changed).forEach(items -> upsert(handle, supplier, items, jobId));
    return new Replaced(
        found.before, found.lost, false, found.kept, changed.size(), found.gone.size());
  }

  /**
   * An item in Postgres, which other programs may have written.
   *
   * @param scale how many decimals the column of prices keeps; empty: all
   */
  private record Stored(
      String sku,
      String name,
      BigDecimal price,
      @Nullable String currency,
      @Nullable Long quantity,
      @Nullable Integer row,
      Optional<Integer> scale) {
    boolean says(@Nullable SupplierItem read) {
      return read != null
          && name.equals(read.name())
          && price.compareTo(
                  scale
                      .map(decimals -> read.price().setScale(decimals, RoundingMode.HALF_UP))
                      .orElse(read.price()))
              == 0
          && Objects.equals(currency, read.currency())
          && Objects.equals(quantity, read.quantity() == null ? null : (long) read.quantity())
          && Objects.equals(row, read.row());
    }
  }

  /** Compares the items of a sheet with those in Postgres. */
  private static final class Comparison {
    private final Map<String, SupplierItem> changed;
    private final List<String> gone = new ArrayList<>();
    private int before;
    private int lost;
    private int kept;

    Comparison(List<SupplierItem> items) {
      changed = new HashMap<>(items.size() * 2);
      items.forEach(item -> changed.put(item.sku(), item));
    }
  }

  private static Comparison compare(Handle handle, String supplier, SupplierSheet sheet) {
    Comparison found = new Comparison(sheet.items());
    Map<String, String> spellings = new HashMap<>(sheet.items().size() * 2);
    sheet.items().forEach(item -> spellings.put(SupplierSheet.key(item.sku()), item.sku()));
    try (ResultIterator<Stored> stored =
        handle
            .createQuery(ITEMS)
            .bind("supplier", supplier)
            .setFetchSize(BATCH)
            .map(
                (row, context) ->
                    new Stored(
                        row.getString("supplier_sku"),
                        row.getString("name"),
                        row.getBigDecimal("current_price"),
                        row.getString("currency"),
                        row.getObject("quantity", Long.class),
                        row.getObject("source_row", Integer.class),
                        row.getMetaData().getPrecision(PRICE) == 0
                            ? Optional.empty()
                            : Optional.of(row.getMetaData().getScale(PRICE))))
            .iterator()) {
      while (stored.hasNext()) {
        SheetException.ifInterrupted();
        note(stored.next(), sheet.unread(), spellings, found);
      }
    }
    return found;
  }

  private static void note(
      Stored stored, SupplierSheet.Unread unread, Map<String, String> spellings, Comparison found) {
    found.before++;
    String key = SupplierSheet.key(stored.sku());
    String spelling = spellings.get(key);
    if (spelling == null) {
      found.lost++;
      // a row whose SKU cannot be read may be any item that is missing
      if (unread.keys().contains(key) || unread.withoutSku() > 0) {
        found.kept++;
      } else {
        found.gone.add(stored.sku());
      }
    } else if (!spelling.equals(stored.sku())) {
      found.gone.add(stored.sku()); // the sheet has another spelling now
    } else if (stored.says(found.changed.get(spelling))) {
      found.changed.remove(spelling);
    }
  }

  private static void upsert(Handle handle, String supplier, List<SupplierItem> items, long jobId) {
    handle
        .createUpdate(UPSERT_ITEMS)
        .bind("supplier", supplier)
        .bind("job", jobId)
        .bindArray("skus", String.class, items.stream().map(SupplierItem::sku).toList())
        .bindArray("names", String.class, items.stream().map(SupplierItem::name).toList())
        .bindArray("prices", BigDecimal.class, items.stream().map(SupplierItem::price).toList())
        .bindArray("currencies", String.class, items.stream().map(SupplierItem::currency).toList())
        .bindArray("quantities", Integer.class, items.stream().map(SupplierItem::quantity).toList())
        .bindArray("rows", Integer.class, items.stream().map(SupplierItem::row).toList())
        .execute();
  }

  private static <T> List<List<T>> batches(List<T> all) {
    List<List<T>> batches = new ArrayList<>();
    for (int from = 0; from < all.size(); from += BATCH) {
      batches.add(all.subList(from, Math.min(all.size(), from + BATCH)));
    }
    return batches;
  }
}
