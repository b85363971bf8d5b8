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
 * caller's transaction does not take it back. When they throw, nothing is enqueued, except that a
 * connection that breaks during the commit may lose the answer alone; with a unique key the call
 * can be repeated without a second job as long as the first is unfinished.
 */
public interface JobClient {
  /**
   * Enqueues one job, or returns the one that has its unique key.
   *
   * @param job the job
   * @return its id, and whether it was created
   * @throws RuntimeException when Postgres cannot be reached or refuses the job
   */
  Enqueued enqueue(NewJob job);

  /**
   * Enqueues jobs in one transaction: all of them, or none.
   *
   * @param jobs none: nothing is done
   * @return in the order given
   * @throws RuntimeException when Postgres cannot be reached or refuses a job
   */
  List<Enqueued> enqueueAll(List<NewJob> jobs);

  /**
   * Enqueues jobs under a parent that waits for them, in one transaction. A job whose unique key
   * another holds does not belong to the batch; with no other job the batch has completed.
   *
   * @param batch the jobs and what follows them
   * @return the parent and its jobs
   * @throws RuntimeException when Postgres cannot be reached or refuses a job
   */
  EnqueuedBatch enqueue(Batch batch);

  /**
   * Enqueues one job in the caller's transaction: it exists exactly if that commits, and is
   * announced to the queue workers then. A transaction that another library commits is not seen
   * here; the leader finds its job within a second.
   *
   * @param transaction an open one of the caller's, in the database of the jobs
   * @param job the job
   * @return its id, and whether it was created
   * @throws RuntimeException when Postgres refuses the job; the transaction can only be rolled back
   */
  Enqueued enqueueIn(Handle transaction, NewJob job);

  /**
   * As {@link #enqueueIn(Handle, NewJob)}, for many.
   *
   * @param transaction an open one of the caller's, in the database of the jobs
   * @param jobs none: nothing is done
   * @return in the order given
   * @throws RuntimeException when Postgres refuses a job; the transaction can only be rolled back
   */
  List<Enqueued> enqueueAllIn(Handle transaction, List<NewJob> jobs);

  /**
   * Enqueues jobs under a parent that waits for them, in the caller's transaction. A job whose
   * unique key another holds does not belong to the batch; with no other job the batch has
   * completed.
   *
   * @param transaction an open one of the caller's, in the database of the jobs
   * @param batch the jobs and what follows them
   * @return the parent and its jobs
   * @throws RuntimeException when Postgres refuses a job; the transaction can only be rolled back
   */
  EnqueuedBatch enqueueIn(Handle transaction, Batch batch);
}
