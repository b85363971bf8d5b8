package dev.millrace.worker;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a write to Postgres that failed can succeed later. */
final class WriteFailure {
  /** Classes of SQLSTATE: data exception, constraint, program limit, raised by a trigger. */
  private static final Set<String> REFUSALS = Set.of("22", "23", "54", "P0");

  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private WriteFailure() {}

  /** Whether Postgres, or the driver, refuses the values themselves: another try fails too. */
  static boolean isRefusal(RuntimeException e) {
    SQLException cause = sqlCause(e);
    String state = cause == null ? null : cause.getSQLState();
    return cause == null || (state != null && REFUSALS.contains(state.substring(0, 2)));
  }

  /** Whether another transaction has locked a row for longer than the lock timeout. */
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
