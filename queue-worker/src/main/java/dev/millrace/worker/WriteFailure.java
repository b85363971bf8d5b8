package dev.millrace.worker;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Why a write to Postgres failed, as far as it matters to what becomes of it. */
final class WriteFailure {
  /** Classes of SQL states: bad data, a rule that is broken, too large, raised by a trigger. */
  private static final Set<String> REFUSALS = Set.of("22", "23", "54", "P0");

  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private WriteFailure() {}

  /** Whether Postgres, or the way to it, will never take what it was asked to write. */
  static boolean isRefusal(RuntimeException e) {
    SQLException cause = sqlCause(e);
    String state = cause == null ? null : cause.getSQLState();
    return cause == null || (state != null && REFUSALS.contains(state.substring(0, 2)));
  }

  /** Whether another transaction has locked a row for longer than the write may wait. */
  static boolean isLocked(RuntimeException e) {
    SQLException cause = sqlCause(e);
    return cause != null && LOCK_NOT_AVAILABLE.equals(cause.getSQLState());
  }

  private static @Nullable SQLException sqlCause(RuntimeException e) {
    Throwable cause = e;
    while (cause != null && !(cause instanceof SQLException)) {
      cause = cause.getCause();
    }
    return (SQLException) cause;
  }
}
