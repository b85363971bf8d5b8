package dev.millrace.drills.model;

import java.util.List;
import java.util.Optional;

/**
 * What the queue's database side can be asked, in the words of the protocol. {@link ModelQueue}
 * answers from a state machine, {@link PostgresQueue} from the product.
 */
interface Protocol {

  /** A claim of a job: the right to write under its fence. */
  record Claim(long jobId, long fence) {}

  /** A job as it stands. */
  record Job(long id, String state, int attempt) {}

  long enqueue(Optional<String> lockKey, int maxAttempts);

  /** A life of a worker begins, with a lease. */
  void register(String life);

  /** Its lease has run out. */
  void expire(String life);

  /** Whether the lease was renewed. */
  boolean renew(String life);

  /** Those of the jobs that the life has got. No two of them share a lock key. */
  List<Claim> claim(String life, List<Long> jobIds);

  /** Whether an effect was committed under the claim. */
  boolean effect(Claim claim);

  boolean complete(Claim claim);

  /** An attempt failed: the job waits out a back-off. */
  boolean retry(Claim claim);

  /** An attempt is given back unspent. */
  boolean handBack(Claim claim);

  /** Jobs whose life has no lease are taken back. */
  void rescue();

  /** Every back-off is over, and what was scheduled is queued. */
  void promote();

  /** All jobs, oldest first. */
  List<Job> jobs();
}
