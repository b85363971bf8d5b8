package dev.millrace.sync.job;

import dev.millrace.db.Sql;
import dev.millrace.sheet.SheetVersion;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The state in which each sheet was last synced completely: every row was used. Each method works
 * in the caller's transaction.
 */
final class SheetStates {
  private static final String KNOWN = Sql.of(SheetStates.class, "known");
  private static final String STORE = Sql.of(SheetStates.class, "store");
  private static final String FORGET = Sql.of(SheetStates.class, "forget");

  private SheetStates() {}

  /**
   * The state of a supplier's sheet.
   *
   * @param readAs what else its items depend on; with another than it was stored with, none
   */
  static Optional<SheetVersion> known(Handle handle, String supplier, String readAs) {
    return handle
        .createQuery(KNOWN)
        .bind("supplier", supplier)
        .bind("readAs", readAs)
        .map(
            (row, context) ->
                new SheetVersion(
                    row.getString("sha256"), row.getString("etag"), row.getString("last_modified")))
        .findOne();
  }

  static void store(Handle handle, String supplier, SheetVersion version, String readAs) {
    handle
        .createUpdate(STORE)
        .bind("supplier", supplier)
        .bind("sha256", version.sha256())
        .bind("etag", version.etag())
        .bind("lastModified", version.lastModified())
        .bind("readAs", readAs)
        .execute();
  }

  /** The sheet is read in full the next time. */
  static void forget(Handle handle, String supplier) {
    handle.createUpdate(FORGET).bind("supplier", supplier).execute();
  }
}
