package dev.millrace.job;

import java.time.Duration;
import org.jdbi.v3.core.Handle;

/**
 * What a running attempt may ask and say. Thread-safe: a handler may share it with threads of its
 * own.
 */
public interface JobContext {

  long jobId();

  /** From 1. */
  int attempt();

  int maxAttempts();

  /**
   * The number minted at this claim; rises with every claim of any job. Hand it to outside systems
   * that can check it.
   */
  long fence();

  /** What had the job enqueued. */
  Trigger trigger();

  /**
   * Shows how far the job is. Kept in Redis, written at most a few times a second, gone when the
   * job ends; lost while Redis is away.
   *
   * @param current at least 0
   * @param total at least {@code current}; 0: not known
   * @param message at most 500 characters, the rest is cut
   */
  void progress(long current, long total, String message);

  /**
   * Adds a line to the job's log, which is kept with the job. Of an attempt a thousand lines are
   * kept; one more says that there were others.
   */
  void log(String message);

  /** As {@link #log}, for what needs an operator's attention. */
  void warn(String message);

  /**
   * Whether the attempt should end: someone cancelled the job, its time is over, or this worker has
   * lost it.
   */
  boolean stopRequested();

  /**
   * Ends the attempt when {@link #stopRequested}. Call it between the parts of long work.
   *
   * @throws JobStoppedException then
   */
  void checkStop();

  /** How much of the kind's time-out is left; zero when it is over. */
  Duration timeLeft();

  /**
   * Does the work in one transaction that commits only while this attempt is the newest of its job.
   * The running statement is cancelled when the attempt is asked to stop.
   *
   * @throws StaleFenceException when it was not the newest any more; all the work is rolled back
   */
  <T> T inTransaction(Work<T> work);

  /**
   * Records, in a transaction of {@link #inTransaction}, that the job has completed: its effects
   * and its end are committed together, or neither. To be the last of the work; what the handler
   * answers after that commit does not count.
   *
   * @param result kept on the job, written as JSON
   * @return false: other rows depend on this job's end, nothing was recorded, and the outcome that
   *     the handler answers counts as ever
   * @throws StaleFenceException when the attempt was not the newest any more
   */
  boolean completeIn(Handle transaction, Object result);

  /** Work inside a fenced transaction. It must not commit or roll back. */
  @FunctionalInterface
  interface Work<T> {
    T run(Handle handle) throws Exception;
  }
}
