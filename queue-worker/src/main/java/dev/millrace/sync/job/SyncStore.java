package dev.millrace.sync.job;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.db.Sql;
import dev.millrace.json.Json;
import dev.millrace.mapping.ColumnMapping;
import dev.millrace.schedule.MasterSync;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.supplier.SupplierConfig;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/** The statements of a sync, each in the caller's transaction. */
final class SyncStore {
  private static final String CLAIM = Sql.of(SyncStore.class, "claim");
  private static final String UPSERT_SUPPLIERS = Sql.of(SyncStore.class, "upsertSuppliers");
  private static final String LEFT = Sql.of(SyncStore.class, "left");
  private static final String SUPPLIER = Sql.of(SyncStore.class, "supplier");
  private static final String LOG = Sql.of(SyncStore.class, "log");
  private static final String LOG_ROWS = Sql.of(SyncStore.class, "logRows");
  private static final String SYNCED = Sql.of(SyncStore.class, "synced");
  private static final String COUNT_ITEMS = Sql.of(SyncStore.class, "countItems");
  private static final String FAILED = Sql.of(SyncStore.class, "failed");
  private static final String MAPPINGS = Sql.of(SyncStore.class, "mappings");
  private static final String IDS = Sql.of(SyncStore.class, "ids");

  /** How many problems of a sheet are listed; all are counted in its summary. */
  static final int MOST_ROWS = 10_000;

  private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};

  private SyncStore() {}

  /**
   * A supplier of the master sheet.
   *
   * @param code as the sheet has it
   * @param id of any type, as text
   */
  record Stored(String code, String id, boolean enabled) {}

  /**
   * Gives a job the unique key of syncs, however it was enqueued.
   *
   * @return the unfinished sync that has the key; empty: this job has it
   */
  static Optional<Long> claim(Handle handle, long job) {
    return handle
        .createQuery(CLAIM)
        .bind("key", MasterSync.UNIQUE_KEY)
        .bind("job", job)
        .mapTo(Long.class)
        .findOne();
  }

  /**
   * Stores the suppliers of a master sheet; those whose name must be unique and is another's are
   * left out.
   */
  static List<Stored> upsertSuppliers(Handle handle, List<SupplierConfig> suppliers) {
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
        .map(ConstructorMapper.of(Stored.class))
        .list();
  }

  /**
   * Stores what the master sheet sets for the sheets of its suppliers.
   *
   * @param mappings by the supplier
   */
  static void storeMappings(Handle handle, Map<String, ColumnMapping> mappings) {
    List<String> ids = List.copyOf(mappings.keySet());
    handle
        .createUpdate(MAPPINGS)
        .bindArray("ids", String.class, ids)
        .bindArray(
            "mappings",
            String.class,
            ids.stream()
                .map(id -> Json.write(Objects.requireNonNull(mappings.get(id)).fields()))
                .toList())
        .execute();
  }

  /**
   * Disables the suppliers that the master sheet named once and names no more.
   *
   * @param ids those that it names
   * @return how many were enabled
   */
  static int disableOthers(Handle handle, List<String> ids) {
    return handle.createUpdate(LEFT).bindArray("ids", String.class, ids).execute();
  }

  /** All suppliers that are stored. */
  static Set<String> ids(Handle handle) {
    return handle.createQuery(IDS).mapTo(String.class).set();
  }

  /** The suppliers whose newest log row is an error. */
  static Set<String> failed(Handle handle) {
    return handle.createQuery(FAILED).mapTo(String.class).set();
  }

  /**
   * A supplier, as stored in Postgres.
   *
   * @param mapping what is set for its sheet, as JSON; null: nothing
   * @param readAs what its items depend on beside the sheet; equal if nothing of it has changed
   */
  record Supplier(
      String code,
      String name,
      URI sheetUrl,
      @Nullable String currency,
      @Nullable String mapping,
      String readAs) {
    /**
     * @throws SheetException of type {@link SheetErrorType#MISSING_COLUMNS} if it is no mapping
     */
    ColumnMapping columns() {
      if (mapping == null) {
        return ColumnMapping.NONE;
      }
      try {
        return ColumnMapping.of(Json.mapper().convertValue(Json.tree(mapping), FIELDS));
      } catch (IllegalArgumentException e) {
        throw new SheetException(
            SheetErrorType.MISSING_COLUMNS,
            "the column mapping of the supplier is wrong: " + e.getMessage(),
            e);
      }
    }
  }

  static Optional<Supplier> supplier(Handle handle, String id) {
    return handle
        .createQuery(SUPPLIER)
        .bind("id", id)
        .map(
            (row, context) ->
                new Supplier(
                    row.getString("code"),
                    row.getString("name"),
                    URI.create(row.getString("sheet_url")),
                    row.getString("currency"),
                    row.getString("mapping"),
                    row.getString("read_as")))
        .findOne();
  }

  /** Stores that a supplier has been synced completely. */
  static void synced(Handle handle, String supplier) {
    handle.createUpdate(SYNCED).bind("id", supplier).execute();
  }

  /** How many items a supplier has that are in its sheet. */
  static int countItems(Handle handle, String supplier) {
    return handle.createQuery(COUNT_ITEMS).bind("supplier", supplier).mapTo(Integer.class).one();
  }

  /** Inserts log rows of the rows in a staging table that are not used, and of the sheet. */
  static void logRows(Handle handle, Staging staging, String tab, SyncSupplier.Result result) {
    staging
        .update(handle, LOG_ROWS)
        .bind("supplier", staging.supplier())
        .bind("job", Long.toString(staging.job()))
        .bind("tab", tab)
        .bind("most", MOST_ROWS)
        .bind("type", result.outcome().name())
        .bind("message", result.message())
        .bind("rejected", result.rejected())
        .execute();
  }

  /** Inserts log rows. */
  static void log(Handle handle, @Nullable String supplier, List<LogLine> lines, long jobId) {
    handle
        .createUpdate(LOG)
        .bind("supplier", supplier)
        .bind("job", Long.toString(jobId))
        .bindArray("types", String.class, lines.stream().map(line -> line.type().name()).toList())
        .bindArray("messages", String.class, lines.stream().map(LogLine::message).toList())
        .bindArray("rows", Integer.class, lines.stream().map(LogLine::row).toList())
        .bindArray("leftOut", Integer.class, lines.stream().map(LogLine::rowsLeftOut).toList())
        .bindArray("columns", String.class, lines.stream().map(LogLine::column).toList())
        .bindArray("values", String.class, lines.stream().map(LogLine::value).toList())
        .bindArray("codes", String.class, lines.stream().map(LogLine::code).toList())
        .execute();
  }
}
