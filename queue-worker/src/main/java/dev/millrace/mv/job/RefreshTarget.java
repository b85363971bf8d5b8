package dev.millrace.mv.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A view or function that is to be refreshed, as the catalog and the registry have it at this
 * moment.
 *
 * @param name the registered name, or as it was asked for; logs and errors say this
 * @param sqlName schema and name, quoted by Postgres: the only form that is ever put into a
 *     statement
 * @param populated false: it was made WITH NO DATA and can only be filled plain
 * @param uniqueIndex whether an index serves CONCURRENTLY: unique, valid, immediate, over plain
 *     columns, without WHERE
 * @param wantedMode a mode of the registry
 * @param lockBudgetMs how long {@code auto} may make readers wait
 * @param plainMs what a plain refresh takes, as measured; null: never done
 * @param concurrentMs as {@code plainMs}
 * @param churn the share of rows that a refresh changes, as measured
 * @param bloat how many times the size it had after its last plain refresh; null: not known
 */
record RefreshTarget(
    long oid,
    String name,
    String sqlName,
    boolean populated,
    boolean uniqueIndex,
    String wantedMode,
    long lockTimeoutMs,
    @Nullable Long statementTimeoutMs,
    long lockBudgetMs,
    @Nullable Double plainMs,
    @Nullable Double concurrentMs,
    @Nullable Double churn,
    @Nullable Double bloat) {
  static RefreshTarget of(ResultSet row) throws SQLException {
    return new RefreshTarget(
        row.getLong("oid"),
        row.getString("name"),
        row.getString("sql_name"),
        row.getBoolean("populated"),
        row.getBoolean("unique_index"),
        row.getString("wanted_mode"),
        row.getLong("lock_timeout_ms"),
        row.getObject("statement_timeout_ms", Long.class),
        row.getLong("lock_budget_ms"),
        row.getObject("plain_ms", Double.class),
        row.getObject("concurrent_ms", Double.class),
        row.getObject("churn", Double.class),
        row.getObject("bloat", Double.class));
  }

  boolean isFunction() {
    return wantedMode.equals("function");
  }

  /** Below this, deleting and inserting what differs is not worth a rewrite. */
  private static final double MUCH_CHURN = 0.3;

  /** From this on a rewrite pays for the room that it gives back. */
  private static final double MUCH_BLOAT = 5;

  /**
   * How to refresh it now.
   *
   * @param patient false: do not make readers wait by choice, the last try at that failed
   */
  Mode mode(boolean patient) {
    if (isFunction()) {
      return Mode.FUNCTION;
    }
    if (!populated || !uniqueIndex || wantedMode.equals("plain") || (patient && plainPays())) {
      return Mode.PLAIN;
    }
    return Mode.CONCURRENTLY;
  }

  /**
   * Whether a plain refresh is our choice, not a need: readers then wait for the budget at most.
   */
  boolean chosen(Mode mode) {
    return mode == Mode.PLAIN && wantedMode.equals("auto") && populated && uniqueIndex;
  }

  /** How long to wait for the lock of the view. */
  Duration lockTimeout(Mode mode) {
    return Duration.ofMillis(chosen(mode) ? Math.min(lockBudgetMs, lockTimeoutMs) : lockTimeoutMs);
  }

  /** How long the refresh itself may take; null: as long as the transaction. */
  @Nullable Duration statementTimeout(Mode mode) {
    return chosen(mode) ? Duration.ofMillis(lockBudgetMs) : null;
  }

  /** A plain refresh is tried where nothing is known of it: the budget ends it when it is long. */
  private boolean plainPays() {
    if (!wantedMode.equals("auto") || lockBudgetMs == 0 || concurrentMs == null) {
      return false;
    }
    boolean cheaper = plainMs == null || plainMs < concurrentMs;
    boolean fits = plainMs == null || plainMs <= lockBudgetMs || concurrentMs <= lockBudgetMs;
    boolean much = churn != null && churn >= MUCH_CHURN;
    return fits && ((much && cheaper) || (bloat != null && bloat >= MUCH_BLOAT));
  }
}
