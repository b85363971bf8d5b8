package dev.millrace.queue;

/**
 * The order of the jobs of a lane: higher priority first, then older. The same number orders them
 * in Postgres ({@code jobs.rank}) and in Redis (the score), where it is exact because it stays
 * below 2^53.
 */
public final class Rank {
  private static final long IDS = 1L << 44;
  private static final int MAX_PRIORITY = 100;

  private Rank() {}

  public static long of(int priority, long jobId) {
    return (MAX_PRIORITY - priority) * IDS + jobId;
  }

  public static long jobId(long rank) {
    return rank % IDS;
  }
}
