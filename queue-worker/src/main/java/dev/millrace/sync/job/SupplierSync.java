package dev.millrace.sync.job;

import dev.millrace.mapping.ColumnMapping;
import dev.millrace.sheet.supplier.MasterSheet;
import dev.millrace.sheet.supplier.RowProblem;
import dev.millrace.sheet.supplier.SupplierConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * What the suppliers of a master sheet have become in Postgres.
 *
 * @param stored one for each that is stored, in the order of the sheet
 * @param refused rows of the sheet whose supplier is not stored
 * @param added how many of {@code stored} are new
 * @param left how many suppliers are gone from the sheet and were disabled
 */
record SupplierSync(List<SyncStore.Stored> stored, List<RowProblem> refused, int added, int left) {
  SupplierSync {
    stored = List.copyOf(stored);
    refused = List.copyOf(refused);
  }

  /**
   * Inserts and updates the suppliers of a master sheet, and disables those that are gone from it,
   * in the caller's transaction. While the sheet has a row that cannot be read, none is disabled:
   * it may be that row's.
   */
  static SupplierSync of(Handle handle, MasterSheet master) {
    return syncSuppliers(handle, master.suppliers(), master.problems().isEmpty());
  }

  private static Map<String, ColumnMapping> mappings(
      List<SupplierConfig> configs, List<SyncStore.Stored> stored) {
    Map<String, String> ids =
        stored.stream().collect(Collectors.toMap(SyncStore.Stored::code, SyncStore.Stored::id));
    return configs.stream()
        .filter(supplier -> !supplier.mapping().isNone() && ids.containsKey(supplier.code()))
        .collect(Collectors.toMap(supplier -> ids.get(supplier.code()), SupplierConfig::mapping));
  }

  /**
   * The same for suppliers that were read already.
   *
   * @param complete whether these are all: others are disabled
   */
  static SupplierSync syncSuppliers(Handle handle, List<SupplierConfig> configs, boolean complete) {
    Set<String> before = SyncStore.ids(handle);
    List<SyncStore.Stored> stored = SyncStore.upsertSuppliers(handle, configs);
    Set<String> codes = stored.stream().map(SyncStore.Stored::code).collect(Collectors.toSet());
    List<RowProblem> refused =
        configs.stream()
            .filter(supplier -> !codes.contains(supplier.code()))
            .map(
                supplier ->
                    RowProblem.duplicate(supplier.row(), "has the name of another supplier"))
            .toList();
    SyncStore.storeMappings(handle, mappings(configs, stored));
    List<String> ids = stored.stream().map(SyncStore.Stored::id).toList();
    int left = complete && refused.isEmpty() ? SyncStore.disableOthers(handle, ids) : 0;
    int added = (int) ids.stream().filter(id -> !before.contains(id)).count();
    return new SupplierSync(stored, refused, added, left);
  }
}
