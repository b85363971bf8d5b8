package dev.millrace.db;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import org.jdbi.v3.core.ConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes a Postgres that does not answer, or not in time, from a statement or mapper at
 * fault.
 */
public final class ConnectionFailure {
  /**
   * Beginnings of SQL states: connection (08), too many connections or out of resources (53), lock
   * not available (55P03), shutdown, crash recovery and statement time-out (57), I/O error of the
   * server (58).
   */
  private static final List<String> STATES = List.of("08", "53", "55P03", "57", "58");

  private ConnectionFailure() {}

  /** Whether the failure, or one of its causes, is of the connection. */
  public static boolean explains(Throwable failure) {
    @Nullable Throwable cause = failure;
    // bounded: a cause may lead back to itself
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (isConnection(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static boolean isConnection(Throwable failure) {
    if (failure instanceof SQLException sql && sql.getSQLState() != null) {
      String state = sql.getSQLState();
      if (STATES.stream().anyMatch(state::startsWith)) {
        return true;
      }
    }
    // the pool gives up with the SQL state of its last try to connect, or with none
    return failure instanceof SQLTransientConnectionException
        || failure instanceof SQLNonTransientConnectionException
        || failure instanceof SQLRecoverableException
        || failure instanceof ConnectionException
        || failure instanceof IOException;
  }
}
