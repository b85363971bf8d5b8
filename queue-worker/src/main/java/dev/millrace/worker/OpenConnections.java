package dev.millrace.worker;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections in whose transactions an attempt is, so that others can end what it waits for.
 * None goes back to its pool while its statement is being cancelled; nobody else waits for the
 * network. Thread-safe.
 */
final class OpenConnections {
  private static final Logger log = LoggerFactory.getLogger(OpenConnections.class);

  private final long jobId;
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();

  OpenConnections(long jobId) {
    this.jobId = jobId;
  }

  void add(Connection connection) {
    open.add(connection);
  }

  /** Waits for a cancel that is under way. */
  synchronized void remove(Connection connection) {
    open.remove(connection);
  }

  boolean areNone() {
    return open.isEmpty();
  }

  /** Cancels their running statements, over the network. */
  synchronized void cancel() {
    for (Connection connection : open) {
      try {
        connection.unwrap(PGConnection.class).cancelQuery();
      } catch (SQLException e) {
        log.debug("a statement of job {} could not be cancelled", jobId, e);
      }
    }
  }

  /** Closes them without a word to Postgres. */
  void abort() {
    for (Connection connection : open) {
      try {
        connection.abort(Runnable::run);
        log.warn("job {} waited for Postgres in vain; its connection was closed", jobId);
      } catch (SQLException e) {
        log.debug("a connection of job {} could not be closed", jobId, e);
      }
    }
  }
}
