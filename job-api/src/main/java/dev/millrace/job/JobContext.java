package dev.millrace.job;

import java.time.Duration;
import org.jdbi.v3.core.Handle;

/**
 * What a running attempt may ask and say. Thread-safe: a handler may share it with threads of its
 * own.
 */
public interface JobContext {

  /**
   * The job's id, the same in each of its attempts.
   *
   * @return from 1
   */
  long jobId();

  /**
   * The number of this attempt. A snooze and a hand-back do not count, so the next one may have the
   * same number; its fence differs.
   *
   * @return 1 to {@link #maxAttempts}
   */
  int attempt();

  /**
   * How often the job is tried in all.
   *
   * @return 1 to 1000; when it is {@link #attempt}, a failure of this attempt fails the job
   */
  int maxAttempts();

  /**
   * The number minted at this claim; rises with every claim of any job. Hand it to outside systems
   * that can check it. Only a failover to a standby that lacks the newest claims mints numbers
   * again.
   *
   * @return from 1
   */
  long fence();

  /**
   * What had the job enqueued.
   *
   * @return the trigger that the job was given
   */
  Trigger trigger();

  /**
   * Shows how far the job is. Kept in Redis for 5 min after it was last written, gone when the
   * attempt ends; lost while Redis is away. Written at most once in 200 ms, and whenever {@code
   * current} equals a {@code total} above 0; other calls do nothing.
   *
   * @param current at least 0
   * @param total at least {@code current}; 0: not known
   * @param message at most 500 characters, the rest is cut
   * @throws IllegalArgumentException when a number is out of range, unless the call does nothing
   */
  void progress(long current, long total, String message);

  /**
   * Adds a line to the job's log, which is kept with the job. Of an attempt 1,000 lines are kept;
   * one more says that there were others. Lines are written in the background: those not yet
   * written are lost with the process, and a line is dropped while 100,000 wait for Postgres.
   *
   * @param message at most 10,000 characters, the rest is cut
   */
  void log(String message);

  /**
   * As {@link #log}, for what needs an operator's attention.
   *
   * @param message at most 10,000 characters, the rest is cut
   */
  void warn(String message);

  /**
   * Whether the attempt should end: the job is to be cancelled, its time is over, this queue worker
   * has lost it, or has waited 25 s for it in order to stop. The thread of the handler is
   * interrupted then as well.
   *
   * @return true from then on
   */
  boolean stopRequested();

  /**
   * Ends the attempt when {@link #stopRequested}. Call it between the parts of long work.
   *
   * @throws JobStoppedException then
   */
  void checkStop();

  /**
   * How much is left of the time that this attempt may run: its {@link JobOptions#runTimeout}, or
   * without one the time-out of its kind, but not beyond the job's {@link JobOptions#finishBy}.
   *
   * @return zero when it is over
   */
  Duration timeLeft();

  /**
   * Does the work in one transaction that commits only while this attempt is the newest of its job.
   * The running statement is cancelled when the attempt is asked to stop. If all connections of
   * handlers are in use, it waits for one until the attempt is to stop.
   *
   * @param <T> what the work answers
   * @param work called at most once; what it throws rolls all of it back
   * @return what the work returned, once it is committed
   * @throws StaleFenceException when it was not the newest any more; all the work is rolled back
   * @throws JobStoppedException when the attempt is to stop before the work begins
   * @throws RuntimeException of the work as it is; a checked exception of the work is the cause of
   *     a {@link dev.millrace.MillraceException}
   */
  <T> T inTransaction(Work<T> work);

  /**
   * Records, in a transaction of {@link #inTransaction}, that the job has completed: its effects
   * and its end are committed together, or neither. To be the last of the work: Postgres ends the
   * transaction if it is idle for 10 s afterwards. What the handler answers after that commit does
   * not count.
   *
   * @param transaction the handle that the work was given
   * @param result kept on the job, written as JSON
   * @return false: a parent, a callback or a background worker depends on this job's end, nothing
   *     was recorded, and the outcome that the handler answers counts as ever
   * @throws StaleFenceException when the attempt was not the newest any more
   * @throws dev.millrace.json.JsonException when the result's type cannot be written
   */
  boolean completeIn(Handle transaction, Object result);

  /**
   * Work inside a fenced transaction. It must not commit or roll back.
   *
   * @param <T> what it answers
   */
  @FunctionalInterface
  interface Work<T> {
    /**
     * Does the work.
     *
     * @param handle its transaction has begun; not to be used after the return
     * @return what {@link JobContext#inTransaction} returns
     * @throws Exception to have all of it rolled back
     */
    T run(Handle handle) throws Exception;
  }
}
