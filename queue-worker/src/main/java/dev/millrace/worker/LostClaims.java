package dev.millrace.worker;

import dev.millrace.metrics.Count;
import dev.millrace.queue.Claims;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.queue.UnacknowledgedClaims;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands back jobs whose claim was committed although its answer was lost. The lease would keep such
 * a job from the rescuer as long as this process lives. For the primary claim thread only.
 */
final class LostClaims {
  private static final Logger log = LoggerFactory.getLogger(LostClaims.class);

  private final UnacknowledgedClaims unacknowledged;
  private final JobResults results;
  private final ReadyJobs ready;

  LostClaims(UnacknowledgedClaims unacknowledged, JobResults results, ReadyJobs ready) {
    this.unacknowledged = unacknowledged;
    this.results = results;
    this.ready = ready;
  }

  /**
   * Hands back what a worker has claimed and does not hold.
   *
   * @param fences of all that it holds; no claim is under way
   */
  void handBack(String workerId, List<Long> fences) {
    for (Claims.Unacknowledged claim : unacknowledged.find(workerId, fences)) {
      if (results.handBack(workerId, claim)) {
        Count.CLAIMS_HANDED_BACK.add(1);
        log.warn(
            "job {} handed back: the answer to its claim was lost fence={}",
            claim.job().jobId(),
            claim.fence());
        ready.push(claim.lane(), List.of(claim.job()), false);
      }
    }
  }
}
