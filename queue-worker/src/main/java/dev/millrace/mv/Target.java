package dev.millrace.mv;

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
 */
record Target(
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
    @Nullable Double churn) {
  /** Below this, deleting and inserting what differs is not worth a rewrite. */
  private static final double MUCH_CHURN = 0.3;

  /**
   * How to refresh it now.
   *
   * @param patient false: do not make readers wait by choice, the last try at that failed
   */
  Mode mode(boolean patient) {
    if (wantedMode.equals("function")) {
      return Mode.FUNCTION;
    }
    if (!populated || !uniqueIndex || wantedMode.equals("plain") || (patient && plainPays())) {
      return Mode.PLAIN;
    }
    return Mode.CONCURRENTLY;
  }

  /** A choice of plain gives up when its lock does not come within the budget. */
  Duration lockTimeout(Mode mode) {
    boolean chosen = mode == Mode.PLAIN && wantedMode.equals("auto") && populated && uniqueIndex;
    return Duration.ofMillis(chosen ? Math.min(lockBudgetMs, lockTimeoutMs) : lockTimeoutMs);
  }

  private boolean plainPays() {
    return wantedMode.equals("auto")
        && plainMs != null
        && concurrentMs != null
        && churn != null
        && churn >= MUCH_CHURN
        && plainMs < concurrentMs
        && plainMs <= lockBudgetMs;
  }
}
