package dev.millrace.db;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.AutoSave;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a session of Postgres, and the driver's side of it, the state that they had when they were
 * opened.
 */
final class SessionReset {
  private static final Logger log = LoggerFactory.getLogger(SessionReset.class);
  private static final String REST = Sql.of(SessionReset.class, "rest");
  private static final SecureRandom RANDOM = new SecureRandom();

  private SessionReset() {}

  /**
   * Resets it.
   *
   * @param name what the session calls itself: the driver sets that after it has connected, so that
   *     a reset loses it
   * @return false: it could not be done, or is not enough; the connection is to be closed
   */
  static boolean tryOn(Connection connection, String name) {
    try {
      return on(connection, name);
    } catch (SQLException e) {
      log.debug("a session could not be reset; its connection is closed", e);
      return false;
    }
  }

  private static boolean on(Connection connection, String name) throws SQLException {
    BaseConnection driver = connection.unwrap(BaseConnection.class);
    if (driver.isClosed()
        || driver.getTransactionState() != TransactionState.IDLE
        || !asOpened(driver)) {
      return false;
    }
    connection.setAutoCommit(true);
    connection.setReadOnly(false);
    try (Statement statement = connection.createStatement()) {
      // the first, and alone: it cannot run in a transaction
      statement.execute("DISCARD ALL");
    }
    try (PreparedStatement rest = connection.prepareStatement(REST)) {
      rest.setDouble(1, RANDOM.nextDouble(-1, 1));
      rest.setString(2, name);
      ResultSet row = rest.executeQuery();
      row.next();
      if (!row.getBoolean("as_opened") || row.getBoolean("keeps_state")) {
        return false;
      }
    }
    driver.getNotifications();
    return true;
  }

  /** What the driver keeps of a connection and the pool does not restore. */
  private static boolean asOpened(BaseConnection driver) throws SQLException {
    PGConnection pg = driver;
    return pg.getPrepareThreshold() == 0
        && pg.getDefaultFetchSize() == 0
        && pg.getAutosave() == AutoSave.NEVER
        && driver.getHoldability() == ResultSet.CLOSE_CURSORS_AT_COMMIT
        && (driver.getTypeMap() == null || driver.getTypeMap().isEmpty());
  }
}
