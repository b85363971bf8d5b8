package dev.millrace.sync;

import dev.millrace.db.Sql;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * Reads the suppliers. Their items are counted anew when any supplier has been synced or logged
 * since, and once a minute; a poll in between costs no count. Thread-safe.
 */
final class Suppliers {
  private static final String ALL = Sql.of(Suppliers.class, "all");
  private static final String COUNT_ITEMS = Sql.of(Suppliers.class, "countItems");
  private static final Duration RECOUNT = Duration.ofMinutes(1);

  private volatile Counted counted = new Counted(List.of(), Instant.EPOCH, Map.of());

  private record Row(
      UUID id,
      String name,
      @Nullable Instant lastSyncAt,
      @Nullable Long logId,
      @Nullable String errorType,
      @Nullable String message,
      @Nullable Integer rowsLeftOut) {}

  private record Counted(List<Row> rows, Instant at, Map<UUID, Long> items) {}

  List<SupplierStatus> read(Handle handle, Instant now) {
    List<Row> rows = handle.createQuery(ALL).map(ConstructorMapper.of(Row.class)).list();
    Map<UUID, Long> items = items(handle, rows, now);
    return rows.stream()
        .map(
            row ->
                new SupplierStatus(
                    row.id(),
                    row.name(),
                    status(row),
                    row.lastSyncAt(),
                    items.getOrDefault(row.id(), 0L),
                    lastError(row)))
        .toList();
  }

  private static String status(Row row) {
    if (row.errorType() == null) {
      return "pending";
    }
    return row.errorType().equals("SUCCESS") ? "success" : "error";
  }

  private static @Nullable String lastError(Row row) {
    boolean rowsLeftOut = row.rowsLeftOut() != null && row.rowsLeftOut() > 0;
    return status(row).equals("error") || rowsLeftOut ? row.message() : null;
  }

  private Map<UUID, Long> items(Handle handle, List<Row> rows, Instant now) {
    Counted known = counted;
    if (!known.rows().equals(rows) || known.at().plus(RECOUNT).isBefore(now)) {
      Map<UUID, Long> items =
          handle
              .createQuery(COUNT_ITEMS)
              .map(
                  (row, context) ->
                      Map.entry(row.getObject("supplier_id", UUID.class), row.getLong("items")))
              .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
      known = new Counted(rows, now, items);
      counted = known;
    }
    return known.items();
  }
}
