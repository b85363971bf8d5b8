package dev.millrace.sync.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.db.Sql;
import dev.millrace.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Makes the items of a supplier equal to a staging table, in the caller's transaction, so that
 * readers see either the old or the new sheet. An item that has not changed is not written: no dead
 * rows, no changes for watched views.
 */
final class ItemSwitch {
  private static final String DUPLICATES = Sql.of(ItemSwitch.class, "duplicates");
  private static final String LOCK = Sql.of(ItemSwitch.class, "lock");
  private static final String STORED = Sql.of(ItemSwitch.class, "stored");
  private static final String INSERT_ALL = Sql.of(ItemSwitch.class, "insertAll");
  private static final String COMPARE = Sql.of(ItemSwitch.class, "compare");
  private static final String SWITCH = COMPARE + "\n" + Sql.of(ItemSwitch.class, "switch");
  private static final String DRY_RUN = COMPARE + "\n" + Sql.of(ItemSwitch.class, "dryRun");

  /** For joins and sorts of large sheets; a small one takes what it needs. */
  private static final String MEMORY = "SET LOCAL work_mem = '64MB'";

  private ItemSwitch() {}

  /**
   * What a sheet differs in from the items of its supplier.
   *
   * @param before how many items the supplier had
   * @param items how many items the sheet has
   * @param inserted items that the supplier did not have
   * @param changed items whose values or spelling differ
   * @param lost items that no readable row has
   * @param kept how many of them may be in a row that cannot be read, and stay
   * @param rejected rows that are not used
   * @param firstProblem number of the first such row and why; null: there is none
   * @param passed whether this is accepted; false: nothing was changed
   * @param differences the first of them; null unless it is a dry run
   */
  record Counts(
      int before,
      int items,
      int inserted,
      int changed,
      int lost,
      int kept,
      int rejected,
      @Nullable String firstProblem,
      boolean passed,
      @Nullable JsonNode differences) {
    int vanished() {
      return lost - kept;
    }

    /** Those that were not written, the kept ones among them. */
    int unchanged() {
      return before - changed - vanished();
    }
  }

  /**
   * How a sheet is applied.
   *
   * @param dryRun nothing is changed
   * @param acceptsLoss as many items may be missing as there are
   */
  record Way(boolean dryRun, boolean acceptsLoss, SyncSettings settings) {}

  static Counts apply(Handle handle, Staging staging, Way way) {
    handle.createUpdate(MEMORY).execute();
    staging.update(handle, DUPLICATES).execute();
    if (!way.dryRun()) {
      lock(handle, staging.supplier());
    }
    if (!way.dryRun() && !hasItems(handle, staging.supplier())) {
      return staging
          .query(handle, INSERT_ALL)
          .bind("supplier", staging.supplier())
          .bind("job", staging.job())
          .map((row, context) -> counts(row))
          .one();
    }
    return staging
        .query(handle, way.dryRun() ? DRY_RUN : SWITCH)
        .bind("supplier", staging.supplier())
        .bind("accepted", way.acceptsLoss())
        .bind("percent", way.settings().maxLostPercent())
        .bind("deletes", way.settings().deletesVanished())
        .bind("job", staging.job())
        .map((row, context) -> counts(row))
        .one();
  }

  private static void lock(Handle handle, String supplier) {
    Optional<Integer> unused =
        handle.createQuery(LOCK).bind("supplier", supplier).mapTo(Integer.class).findOne();
  }

  private static boolean hasItems(Handle handle, String supplier) {
    return handle.createQuery(STORED).bind("supplier", supplier).mapTo(Boolean.class).one();
  }

  private static Counts counts(ResultSet row) throws SQLException {
    String differences = row.getString("differences");
    return new Counts(
        row.getInt("before"),
        row.getInt("items"),
        row.getInt("inserted"),
        row.getInt("changed"),
        row.getInt("lost"),
        row.getInt("kept"),
        row.getInt("rejected"),
        row.getString("first_problem"),
        row.getBoolean("passed"),
        differences == null ? null : Json.tree(differences));
  }
}
