package dev.millrace.job;

import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Enqueues jobs: a row in Postgres, and after the commit a hint in Redis. A job is acknowledged
 * when its row is committed; if the hint is lost, the leader finds the row within a second. One
 * client serves all threads of a process.
 *
 * <p>The methods without a transaction use a connection of their own, also in a thread that is in a
 * transaction of the same Jdbi: the job is committed when they return, and a rollback of the
 * caller's transaction does not take it back.
 */
public interface JobClient {
  /**
   * Enqueues one job, or returns the unfinished job that holds its unique key.
   *
   * @throws RuntimeException when Postgres cannot be reached or refuses the job; nothing is
   *     enqueued
   */
  Enqueued enqueue(NewJob job);

  /**
   * Enqueues jobs in one transaction: all of them, or none.
   *
   * @return in the order given
   */
  List<Enqueued> enqueueAll(List<NewJob> jobs);

  /** Enqueues jobs under a parent that waits for them, in one transaction. */
  EnqueuedBatch enqueue(Batch batch);

  /**
   * Enqueues one job in the caller's transaction: it exists exactly if that commits, and is
   * announced to the queue workers then. A transaction that another library commits is not seen
   * here; the leader finds its job within a second.
   */
  Enqueued enqueueIn(Handle transaction, NewJob job);

  /**
   * As {@link #enqueueIn(Handle, NewJob)}, for many.
   *
   * @return in the order given
   */
  List<Enqueued> enqueueAllIn(Handle transaction, List<NewJob> jobs);

  /**
   * Enqueues jobs under a parent that waits for them, in the caller's transaction. A job whose
   * unique key another holds does not belong to the batch; with no other job the batch has
   * completed.
   */
  EnqueuedBatch enqueueIn(Handle transaction, Batch batch);
}
