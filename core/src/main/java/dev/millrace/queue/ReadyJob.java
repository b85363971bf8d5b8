package dev.millrace.queue;

import org.jspecify.annotations.Nullable;

/**
 * A hint that a job may be claimed. It may be stale or stand twice: the claim decides.
 *
 * @param rank see {@link Rank}
 * @param lockKey the job's lock key, carried along so that the lock can be tried before the row is
 *     read
 */
public record ReadyJob(long rank, @Nullable String lockKey) {

  public long jobId() {
    return Rank.jobId(rank);
  }

  /** The member in Redis: the id, and the lock key after a colon where there is one. */
  String member() {
    return lockKey == null ? Long.toString(jobId()) : jobId() + ":" + lockKey;
  }

  static ReadyJob of(String member, long rank) {
    int colon = member.indexOf(':');
    return new ReadyJob(rank, colon < 0 ? null : member.substring(colon + 1));
  }
}
