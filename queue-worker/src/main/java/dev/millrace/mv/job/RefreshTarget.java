package dev.millrace.mv.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A view or function to refresh, as the catalog and the registry describe it now.
 *
 * @param name the registered name, or the requested one; logs and errors show it
 * @param sqlName schema and name, quoted by Postgres: the only form that statements contain
 * @param populated false: it was created WITH NO DATA and needs a plain refresh
 * @param uniqueIndex whether an index serves CONCURRENTLY: unique, valid, immediate, over plain
 *     columns, without WHERE
 * @param wantedMode the mode in the registry
 * @param lockBudgetMs how long {@code auto} may make readers wait
 * @param plainMs the measured time of a plain refresh; null: there was none
 * @param concurrentMs the measured time of a concurrent refresh; null: there was none
 * @param churn the measured share of rows that a refresh changes, from 0
 * @param bloat its size in multiples of the size after its last plain refresh; null: unknown
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

  /** From this share of changed rows on, a rewrite may be cheaper than changing rows. */
  private static final double MUCH_CHURN = 0.3;

  /** From this bloat on, a rewrite is worth the space that it frees. */
  private static final double MUCH_BLOAT = 5;

  /**
   * How to refresh it now.
   *
   * @param mayBlockReaders false: readers must not be made to wait by choice, because the last try
   *     failed
   */
  Mode mode(boolean mayBlockReaders) {
    if (isFunction()) {
      return Mode.FUNCTION;
    }
    if (!populated
        || !uniqueIndex
        || wantedMode.equals("plain")
        || (mayBlockReaders && plainPays())) {
      return Mode.PLAIN;
    }
    return Mode.CONCURRENTLY;
  }

  /**
   * Whether a plain refresh is a choice of {@code auto} and not the only way: readers then wait for
   * the lock budget at most.
   */
  boolean chosen(Mode mode) {
    return mode == Mode.PLAIN && wantedMode.equals("auto") && populated && uniqueIndex;
  }

  /** How long to wait for the lock of the view. */
  Duration lockTimeout(Mode mode) {
    return Duration.ofMillis(chosen(mode) ? Math.min(lockBudgetMs, lockTimeoutMs) : lockTimeoutMs);
  }

  /** How long the refresh may take; null: as long as its transaction. */
  @Nullable Duration statementTimeout(Mode mode) {
    return chosen(mode) ? Duration.ofMillis(lockBudgetMs) : null;
  }

  /** A plain refresh whose time is unknown is tried: the lock budget limits it. */
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
