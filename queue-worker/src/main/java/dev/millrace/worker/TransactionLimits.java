package dev.millrace.worker;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * The limits of a handler's transaction. It may wait as long as its job may run; then the stop of
 * the job cancels its statement. If that cancel is lost with this process or its network, Postgres
 * ends the transaction 30 s later, and the driver another 30 s later.
 */
final class TransactionLimits {
  /** How long after the job's time-out Postgres ends a transaction. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private TransactionLimits() {}

  /**
   * Sets the limits until the transaction ends.
   *
   * @param left until the job's time-out
   */
  static void set(Connection connection, Duration left) throws SQLException {
    long millis = left.plus(MARGIN).toMillis();
    connection.setNetworkTimeout(
        Runnable::run, (int) Math.min(Integer.MAX_VALUE, millis + MARGIN.toMillis()));
    String limit = Long.toString(Math.min(Integer.MAX_VALUE, millis));
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = "
              + limit
              + "; SET LOCAL idle_in_transaction_session_timeout = "
              + limit);
    }
  }
}
