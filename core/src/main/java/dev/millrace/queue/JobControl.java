package dev.millrace.queue;

import dev.millrace.db.Sql;
import dev.millrace.job.JobState;
import dev.millrace.job.NewJob;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/**
 * What an operator may do to a job that exists: cancel it, or run it once more. Guarded statements
 * like all others: a job that has moved on meanwhile is left as it is. Thread-safe.
 */
public final class JobControl {
  private static final String FAMILY = Sql.of(JobControl.class, "family");
  private static final String LOCK = Sql.of(JobControl.class, "lock");
  private static final String RETRY = Sql.of(JobControl.class, "retry");
  private static final String WAIT_AGAIN = Sql.of(JobControl.class, "waitAgain");
  private static final String UNIQUE_VIOLATION = "23505";
  private static final String DEADLOCK = "40P01";
  private static final int TRIES = 3;

  /** How long a large family is cancelled here, before the rest is left to the leader. */
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(2);

  private final Jdbi jdbi;
  private final QueueClient client;

  public JobControl(Jdbi jdbi, QueueClient client) {
    this.jdbi = jdbi;
    this.client = client;
  }

  /** Writes something more in the transaction of a change that was made. */
  public interface Alongside {
    /** Nothing more. */
    Alongside NOTHING = (transaction, jobId) -> {};

    void write(Handle transaction, long jobId);
  }

  /** What came of {@link #cancel}. */
  public enum Cancelled {
    /** It will not run. */
    AT_ONCE,
    /** Its worker, or the workers of its children, have been asked to stop. */
    REQUESTED,
    /** It has finished already, or there is no such job. */
    NOTHING_TO_CANCEL
  }

  /**
   * Cancels a job and all that has come of it: what no worker has begun ends at once, what one runs
   * is asked to stop. A parent ends when its last child has. Of a large family, the leader may have
   * to do the rest.
   */
  public Cancelled cancel(long jobId) {
    return cancel(jobId, Alongside.NOTHING);
  }

  /** As {@link #cancel(long)}, with what is written in the transaction that begins it. */
  public Cancelled cancel(long jobId, Alongside alongside) {
    for (int tries = 1; ; tries++) {
      try {
        return new FamilyCancel(jdbi)
            .cancelIfLarge(jobId, LOCK_TIMEOUT, alongside)
            .orElseGet(
                () ->
                    jdbi.inTransaction(
                        handle -> {
                          Cancelled cancelled = cancelIn(handle, jobId);
                          if (cancelled != Cancelled.NOTHING_TO_CANCEL) {
                            alongside.write(handle, jobId);
                          }
                          return cancelled;
                        }));
      } catch (UnableToExecuteStatementException e) {
        if (tries == TRIES || !DEADLOCK.equals(sqlState(e))) {
          throw e;
        }
      }
    }
  }

  /** As {@link #cancel}, in the caller's transaction. */
  public static Cancelled cancelIn(Handle handle, long jobId) {
    List<Long> unfinished = family(handle, jobId);
    List<FamilyCancel.Touched> touched = FamilyCancel.cancel(handle, unfinished);
    if (touched.stream().noneMatch(job -> job.id() == jobId)) {
      return Cancelled.NOTHING_TO_CANCEL;
    }
    boolean asked = touched.stream().anyMatch(job -> job.state() == JobState.PROCESSING);
    return asked ? Cancelled.REQUESTED : Cancelled.AT_ONCE;
  }

  /**
   * Locks the unfinished jobs of a family. What one look has locked has no more children after it,
   * but may have got some since it began: so another follows, until one finds no more.
   */
  private static List<Long> family(Handle handle, long jobId) {
    List<Long> found = List.of();
    List<Long> before;
    do {
      before = found;
      found = handle.createQuery(FAMILY).bind("id", jobId).mapTo(Long.class).list();
    } while (found.size() > before.size());
    return found;
  }

  /** What came of {@link #retry}. */
  public enum Retried {
    QUEUED,
    /** Another unfinished job holds its unique key. */
    UNIQUE_KEY_HELD,
    /**
     * It is neither failed nor cancelled, its parent or its children are at work, it has had 1000
     * attempts, it is a batch, or there is no such job.
     */
    NOT_RETRYABLE
  }

  private record Ready(
      String queue, String kind, int priority, @Nullable String lockKey, @Nullable Long parentId) {}

  /**
   * Has a failed or cancelled job run again, with one more attempt when it has used up its own. A
   * parent that still waits for other children waits for this one again.
   */
  public Retried retry(long jobId) {
    return retry(jobId, Alongside.NOTHING);
  }

  /** As {@link #retry(long)}, with what is written in its transaction. */
  public Retried retry(long jobId, Alongside alongside) {
    Optional<Ready> ready;
    try {
      ready =
          jdbi.inTransaction(
              handle -> {
                Optional<Ready> found = retryIn(handle, jobId);
                found.ifPresent(job -> alongside.write(handle, jobId));
                return found;
              });
    } catch (UnableToExecuteStatementException e) {
      if (UNIQUE_VIOLATION.equals(sqlState(e))) {
        return Retried.UNIQUE_KEY_HELD;
      }
      throw e;
    }
    ready.ifPresent(job -> announce(job, jobId));
    return ready.isPresent() ? Retried.QUEUED : Retried.NOT_RETRYABLE;
  }

  private static Optional<Ready> retryIn(Handle handle, long jobId) {
    handle.createUpdate(LOCK).bind("id", jobId).execute();
    Optional<Ready> ready =
        handle
            .createQuery(RETRY)
            .bind("id", jobId)
            .map(
                (row, context) ->
                    new Ready(
                        row.getString("queue"),
                        row.getString("kind"),
                        row.getInt("priority"),
                        row.getString("lock_key"),
                        row.getObject("parent_id", Long.class)))
            .findOne();
    ready
        .map(Ready::parentId)
        .ifPresent(parent -> handle.createUpdate(WAIT_AGAIN).bind("id", parent).execute());
    return ready;
  }

  private void announce(Ready ready, long jobId) {
    NewJob job = NewJob.of(ready.kind(), "{}").inQueue(ready.queue());
    job = job.withPriority(ready.priority());
    client.announce(ready.lockKey() == null ? job : job.withLockKey(ready.lockKey()), jobId);
  }

  private static @Nullable String sqlState(UnableToExecuteStatementException e) {
    return e.getCause() instanceof SQLException cause ? cause.getSQLState() : null;
  }
}
