package dev.millrace.sync.job;

import dev.millrace.db.Sql;
import dev.millrace.sheet.supplier.SupplierConfig;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements of a sync, each in the caller's transaction. */
final class SyncStore {
  private static final String UPSERT_SUPPLIERS = Sql.of(SyncStore.class, "upsertSuppliers");
  private static final String SUPPLIER = Sql.of(SyncStore.class, "supplier");
  private static final String LOG = Sql.of(SyncStore.class, "log");
  private static final String SYNCED = Sql.of(SyncStore.class, "synced");

  private SyncStore() {}

  /** Upserts the suppliers of a master sheet; returns the ids of those to sync. */
  static List<UUID> upsertSuppliers(Handle handle, List<SupplierConfig> suppliers) {
    return handle
        .createQuery(UPSERT_SUPPLIERS)
        .bindArray("codes", String.class, suppliers.stream().map(SupplierConfig::code).toList())
        .bindArray("names", String.class, suppliers.stream().map(SupplierConfig::name).toList())
        .bindArray(
            "urls",
            String.class,
            suppliers.stream().map(supplier -> supplier.sheetUrl().toString()).toList())
        .bindArray(
            "currencies", String.class, suppliers.stream().map(SupplierConfig::currency).toList())
        .bindArray(
            "enabled", Boolean.class, suppliers.stream().map(SupplierConfig::enabled).toList())
        .map(
            (row, context) ->
                row.getBoolean("enabled")
                    ? Optional.of(row.getObject("id", UUID.class))
                    : Optional.<UUID>empty())
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  /** A supplier, as stored in Postgres. */
  record Supplier(String code, String name, URI sheetUrl, @Nullable String currency) {}

  static Optional<Supplier> supplier(Handle handle, UUID id) {
    return handle
        .createQuery(SUPPLIER)
        .bind("id", id)
        .map(
            (row, context) ->
                new Supplier(
                    row.getString("code"),
                    row.getString("name"),
                    URI.create(row.getString("sheet_url")),
                    row.getString("currency")))
        .findOne();
  }

  /** Stores that a supplier has been synced completely. */
  static void synced(Handle handle, UUID supplier) {
    handle.createUpdate(SYNCED).bind("id", supplier).execute();
  }

  /** Inserts log rows. */
  static void log(Handle handle, @Nullable UUID supplier, List<LogLine> lines, long jobId) {
    handle
        .createUpdate(LOG)
        .bindByType("supplier", supplier, UUID.class)
        .bind("job", jobId)
        .bindArray("types", String.class, lines.stream().map(line -> line.type().name()).toList())
        .bindArray("messages", String.class, lines.stream().map(LogLine::message).toList())
        .bindArray("rows", Integer.class, lines.stream().map(LogLine::row).toList())
        .bindArray("leftOut", Integer.class, lines.stream().map(LogLine::rowsLeftOut).toList())
        .execute();
  }
}
