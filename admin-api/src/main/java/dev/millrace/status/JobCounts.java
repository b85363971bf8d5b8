package dev.millrace.status;

import dev.millrace.job.JobState;
import java.util.Map;
import java.util.Set;

/**
 * How many jobs are in each state. Counting stops at a cap, so that a reading costs the same
 * however long the queues are.
 *
 * @param byState one entry for each state, 0 to the cap
 * @param atLeast the states that have that many or more
 */
public record JobCounts(Map<JobState, Long> byState, Set<JobState> atLeast) {
  /** Where counting stops. */
  public static final int CAP = 10_000;

  public JobCounts {
    byState = Map.copyOf(byState);
    atLeast = Set.copyOf(atLeast);
  }
}
