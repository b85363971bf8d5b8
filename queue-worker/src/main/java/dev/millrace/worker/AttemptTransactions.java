package dev.millrace.worker;

import dev.millrace.MillraceException;
import dev.millrace.db.HandlerPool;
import dev.millrace.job.JobContext.Work;
import dev.millrace.job.StaleFenceException;
import dev.millrace.json.Json;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.JobResults;
import java.io.Serial;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions of one attempt. Each commits only if the attempt is still the newest of its job.
 * Other threads may cancel their statements and close their connections; a connection returns to
 * its pool only after a cancel that is under way has ended. Thread-safe.
 */
final class AttemptTransactions {
  private static final Logger log = LoggerFactory.getLogger(AttemptTransactions.class);

  private final Attempt attempt;
  private final Jdbi jdbi;

  /** The connections of the open transactions. Changed by the handler's threads, read by all. */
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();

  /** The connection whose transaction has last recorded that the job has completed. */
  private volatile @Nullable Connection completing;

  /** Whether such a transaction was committed. */
  private volatile boolean completed;

  AttemptTransactions(Attempt attempt, Jdbi jdbi) {
    this.attempt = attempt;
    this.jdbi = jdbi;
  }

  /** Whether one of them has committed that the job has completed. */
  boolean haveCompleted() {
    return completed;
  }

  /**
   * Runs work in a transaction. Waits for a connection as long as the job's time lasts: if it
   * failed here, the work that the handler has done before would be repeated.
   */
  <T> T run(Work<T> work) {
    AtomicBoolean lent = new AtomicBoolean();
    while (true) {
      attempt.checkStop();
      try {
        return jdbi.withHandle(
            handle -> {
              lent.set(true);
              return run(handle, work);
            });
      } catch (RuntimeException e) {
        if (lent.get() || !HandlerPool.isUsedUp(e)) {
          throw e;
        }
        attempt.warn("waits for a connection: " + e.getMessage());
      } catch (Exception e) {
        throw new WorkFailedException(attempt.jobId(), e);
      }
    }
  }

  /** The connection can be cancelled and closed until the commit has been answered. */
  private <T> T run(Handle lent, Work<T> work) throws Exception {
    Connection connection = lent.getConnection();
    if (completing == connection) { // set by an earlier transaction, which was rolled back
      completing = null;
    }
    open.add(connection);
    try {
      attempt.checkStop();
      T result =
          lent.inTransaction(
              handle -> {
                TransactionLimits.set(connection, attempt.timeLeft());
                T done = work.run(handle);
                ClaimedJob job = attempt.job();
                if (completing != connection && !JobResults.stillMine(handle, job)) {
                  throw new StaleFenceException(job.id(), job.fence());
                }
                return done;
              });
      if (completing == connection) {
        completed = true;
      }
      return result;
    } finally {
      remove(connection);
      if (attempt.stopRequested()) { // a cancel may still arrive at it
        HandlerPool.discard(connection);
      }
    }
  }

  /** Records in a transaction that the job has completed. */
  void complete(Handle transaction, Object result) {
    ClaimedJob job = attempt.job();
    if (!JobResults.completeIn(transaction, job, Json.write(result))) {
      throw new StaleFenceException(job.id(), job.fence());
    }
    completing = transaction.getConnection();
  }

  /** Waits for a cancel that is under way. */
  private synchronized void remove(Connection connection) {
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
        log.debug("a statement of job {} could not be cancelled", attempt.jobId(), e);
      }
    }
  }

  /** Closes their connections without sending anything to Postgres. */
  void abort() {
    for (Connection connection : open) {
      try {
        connection.abort(Runnable::run);
        log.warn(
            "job {}: Postgres did not answer its cancelled statement; its connection was closed",
            attempt.jobId());
      } catch (SQLException e) {
        log.debug("a connection of job {} could not be closed", attempt.jobId(), e);
      }
    }
  }

  /** A checked exception of a handler's work inside a transaction, which was rolled back. */
  static final class WorkFailedException extends MillraceException {
    @Serial private static final long serialVersionUID = 1;

    WorkFailedException(long jobId, Exception cause) {
      super(
          "a transaction of job " + jobId + " failed and was rolled back: " + cause.getMessage(),
          cause);
    }
  }
}
