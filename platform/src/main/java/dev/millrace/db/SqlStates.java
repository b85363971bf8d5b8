package dev.millrace.db;

import java.sql.SQLException;
import java.util.Optional;

/** What Postgres says with its five-letter codes, wherever in a chain of causes they stand. */
public final class SqlStates {
  /** A lock of another session was waited for until the lock time-out, or not at all. */
  public static final String LOCK_NOT_AVAILABLE = "55P03";

  private static final String QUERY_CANCELED = "57014";

  private SqlStates() {}

  /** The code of the first SQL exception among the causes that has one. */
  public static Optional<String> of(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return Optional.of(sql.getSQLState());
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  /** The code of the last SQL exception among the causes that has one: what was met first. */
  public static Optional<String> deepest(Throwable failure) {
    Optional<String> found = Optional.empty();
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        found = Optional.of(sql.getSQLState());
      }
      cause = cause.getCause();
    }
    return found;
  }

  /** Whether a lock of another session was waited for until the lock time-out, or not at all. */
  public static boolean isLockTimeout(Throwable failure) {
    return of(failure).filter(LOCK_NOT_AVAILABLE::equals).isPresent();
  }

  /** Whether Postgres has ended a statement because of its time. */
  public static boolean isStatementTimeout(Throwable failure) {
    return of(failure).filter(QUERY_CANCELED::equals).isPresent();
  }
}
