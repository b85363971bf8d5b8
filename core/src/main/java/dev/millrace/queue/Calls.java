package dev.millrace.queue;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;

/**
 * The queue's calls to Postgres, with the checked exceptions of JDBC ending here. What a worker
 * calls before its first job and for each job is plain JDBC: the first statement of Jdbi's own
 * costs the process 60 ms of CPU time for its parser, its mappers and its events of the flight
 * recorder. A connection on which Postgres says nothing for {@link #SILENCE} is given up: a network
 * that swallows packets must not hold the one thread that renews the lease.
 */
public final class Calls {
  /** Far beyond what any statement of the queue takes. */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  /** A process that is frozen in the middle of a transaction must not keep its rows locked. */
  private static final String THAW = "SET LOCAL idle_in_transaction_session_timeout = '10s'";

  private Calls() {}

  /** Runs statements, each committed on its own. */
  public static <T> T withHandle(Jdbi jdbi, HandleCallback<T, SQLException> work) {
    try {
      return jdbi.withHandle(
          handle -> {
            limit(handle.getConnection());
            return work.withHandle(handle);
          });
    } catch (SQLException e) {
      throw new QueueException("a statement of the queue failed", e);
    }
  }

  /** Runs statements in one transaction. */
  public static <T> T inTransaction(Jdbi jdbi, HandleCallback<T, SQLException> work) {
    try {
      return jdbi.inTransaction(
          handle -> {
            limit(handle.getConnection());
            execute(handle, THAW);
            return work.withHandle(handle);
          });
    } catch (SQLException e) {
      throw new QueueException("a transaction of the queue failed and was rolled back", e);
    }
  }

  /** Postgres ends each statement of this transaction that takes longer. */
  public static void limitStatements(Handle handle, Duration most) throws SQLException {
    execute(handle, "SET LOCAL statement_timeout = " + most.toMillis());
  }

  /** Runs a statement without parameters and answer. */
  static void execute(Handle handle, String sql) throws SQLException {
    try (Statement statement = handle.getConnection().createStatement()) {
      statement.execute(sql);
    }
  }

  /** Holds until the connection goes back to its pool. */
  private static void limit(Connection connection) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, (int) SILENCE.toMillis());
  }
}
