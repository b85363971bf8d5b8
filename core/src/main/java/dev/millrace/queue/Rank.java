package dev.millrace.queue;

import dev.millrace.job.NewJob;

/**
 * The order of the jobs of a lane: higher priority first, then older. The same number orders them
 * in Postgres ({@code jobs.rank}) and in Redis (the score), where it is exact because it stays
 * below 2^53.
 */
public final class Rank {
  private static final long IDS = 1L << 44;

  private Rank() {}

  public static long of(int priority, long jobId) {
    return (NewJob.MAX_PRIORITY - priority) * IDS + jobId;
  }

  public static long jobId(long rank) {
    return rank % IDS;
  }
}
