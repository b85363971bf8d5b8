package dev.millrace.sync;

import dev.millrace.db.Sql;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * Reads the suppliers. The items of a supplier are counted anew when it has been synced or logged
 * since, and otherwise about once a minute; a reading counts no more than some hundred thousand,
 * and goes on with the others the next time. Thread-safe.
 */
final class Suppliers {
  private static final String ALL = Sql.of(Suppliers.class, "all");
  private static final String COUNT_ITEMS = Sql.of(Suppliers.class, "countItems");
  private static final Duration RECOUNT = Duration.ofMinutes(1);

  /** A status look stops counting after this number of items. */
  private static final long MOST_ITEMS = 200_000;

  /** How many suppliers' items one statement counts. */
  private static final int AT_ONCE = 10;

  private volatile Map<String, Counted> counted = Map.of();

  private record Row(
      String id,
      String name,
      boolean enabled,
      @Nullable String disabledReason,
      @Nullable Instant lastSyncAt,
      @Nullable String logId,
      @Nullable String errorType,
      @Nullable String errorMessage,
      @Nullable Integer rowsLeftOut) {}

  /** How many items a supplier had when its row was this. */
  private record Counted(Row row, Instant at, long items) {}

  List<SupplierStatus> read(Handle handle, Instant now) {
    List<Row> rows = handle.createQuery(ALL).map(ConstructorMapper.of(Row.class)).list();
    Map<String, Counted> items = count(handle, rows, now);
    return rows.stream()
        .map(
            row ->
                new SupplierStatus(
                    row.id(),
                    row.name(),
                    status(row),
                    row.lastSyncAt(),
                    Optional.ofNullable(items.get(row.id())).map(Counted::items).orElse(null),
                    lastError(row),
                    row.enabled(),
                    row.disabledReason()))
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
    return status(row).equals("error") || rowsLeftOut ? row.errorMessage() : null;
  }

  private Map<String, Counted> count(Handle handle, List<Row> rows, Instant now) {
    Map<String, Counted> known = counted;
    List<Row> due =
        rows.stream()
            .filter(row -> isDue(row, known.get(row.id()), now))
            .sorted(Comparator.comparing(row -> countedAt(row, known.get(row.id()))))
            .toList();
    Map<String, Counted> counts = new HashMap<>();
    rows.stream()
        .map(row -> known.get(row.id()))
        .flatMap(Stream::ofNullable)
        .forEach(count -> counts.put(count.row().id(), count));
    long items = 0;
    for (int from = 0; from < due.size() && items < MOST_ITEMS; from += AT_ONCE) {
      List<Row> some = due.subList(from, Math.min(due.size(), from + AT_ONCE));
      Map<String, Long> found = countItems(handle, some);
      for (Row row : some) {
        long ofOne = found.getOrDefault(row.id(), 0L);
        counts.put(row.id(), new Counted(row, now, ofOne));
        items += ofOne;
      }
    }
    counted = Map.copyOf(counts);
    return counts;
  }

  private static boolean isDue(Row row, @Nullable Counted known, Instant now) {
    return known == null || !known.row().equals(row) || known.at().plus(RECOUNT).isBefore(now);
  }

  /** The longest ago first, and those before them that have changed. */
  private static Instant countedAt(Row row, @Nullable Counted known) {
    return known == null || !known.row().equals(row) ? Instant.EPOCH : known.at();
  }

  private static Map<String, Long> countItems(Handle handle, List<Row> rows) {
    return handle
        .createQuery(COUNT_ITEMS)
        .bindArray("ids", String.class, rows.stream().map(Row::id).toList())
        .map((row, context) -> Map.entry(row.getString("id"), row.getLong("items")))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
