package dev.millrace.worker;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * The limits of a handler's transaction, which may wait as long as its job may run: the stop that
 * ends the job then cancels its statement. Should that stop get lost with this process or its
 * network, Postgres and the driver end it soon after.
 */
final class TransactionLimits {
  /** How long after its time a transaction of a handler is ended by Postgres. */
  private static final Duration AFTER_ITS_TIME = Duration.ofSeconds(30);

  private TransactionLimits() {}

  /**
   * Sets them until the transaction ends.
   *
   * @param left of the job's time
   */
  static void set(Connection connection, Duration left) throws SQLException {
    long millis = left.plus(AFTER_ITS_TIME).toMillis();
    connection.setNetworkTimeout(
        Runnable::run, (int) Math.min(Integer.MAX_VALUE, millis + AFTER_ITS_TIME.toMillis()));
    String most = Long.toString(Math.min(Integer.MAX_VALUE, millis));
    try (Statement statement = connection.createStatement()) {
      boolean unused =
          statement.execute(
              "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = "
                  + most
                  + "; SET LOCAL idle_in_transaction_session_timeout = "
                  + most);
    }
  }
}
