package dev.millrace.worker;

import dev.millrace.job.JobState;
import dev.millrace.metrics.Count;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Lane;
import dev.millrace.queue.Rank;
import dev.millrace.queue.ReadyJob;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.text.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the ends of attempts to Postgres, each only if its fence is still its job's, and pushes to
 * Redis the jobs that may run again at once. For the recording thread only.
 */
final class ResultWriter {
  private static final Logger log = LoggerFactory.getLogger(ResultWriter.class);

  private final JobResults results;
  private final ReadyJobs ready;
  private final AttemptCounts counts;

  ResultWriter(JobResults results, ReadyJobs ready, AttemptCounts counts) {
    this.results = results;
    this.ready = ready;
    this.counts = counts;
  }

  /** The ids of those jobs that no other transaction has locked. */
  Set<Long> unlocked(List<? extends AttemptResult> ends) {
    return results.unlocked(ends.stream().map(end -> end.attempt().jobId()).toList());
  }

  /** Writes completed attempts in one statement. */
  void writeCompleted(List<AttemptResult.Completed> completed) {
    Set<Long> recorded =
        results.completed(
            completed.stream()
                .map(end -> new JobResults.Completed(end.attempt().job(), end.result()))
                .toList());
    for (AttemptResult.Completed end : completed) {
      ClaimedJob job = end.attempt().job();
      if (!recorded.contains(job.id())) {
        logStale(end);
        continue;
      }
      counts.count(end.attempt(), AttemptCounts.End.COMPLETED);
      if (log.isDebugEnabled()) {
        log.debug(
            "job completed job={} kind={} attempt={} fence={} duration_ms={}",
            job.id(),
            job.kind(),
            job.attempt(),
            job.fence(),
            end.attempt().running().toMillis());
      }
    }
  }

  /** Hands jobs back in one statement, and pushes them to Redis with one call for each lane. */
  void writeHandedBack(List<AttemptResult.HandedBack> ends) {
    Set<Long> recorded = results.handedBack(ends.stream().map(end -> end.attempt().job()).toList());
    Map<Lane, List<ReadyJob>> hints = new HashMap<>();
    for (AttemptResult.HandedBack end : ends) {
      ClaimedJob job = end.attempt().job();
      if (recorded.contains(job.id())) {
        hints.computeIfAbsent(lane(job), lane -> new ArrayList<>()).add(hint(job));
      } else {
        logStale(end);
      }
    }
    hints.forEach((lane, jobs) -> ready.push(lane, jobs, false));
  }

  /** Writes the end of one attempt. */
  void writeOne(AttemptResult end) {
    ClaimedJob job = end.attempt().job();
    boolean recorded = true;
    if (end instanceof AttemptResult.Waiting waiting) {
      recorded = counted(end, AttemptCounts.End.COMPLETED, results.waiting(job, waiting.waitFor()));
    } else if (end instanceof AttemptResult.Recorded) {
      counts.count(end.attempt(), AttemptCounts.End.COMPLETED);
    } else if (end instanceof AttemptResult.Failed failed) {
      recorded = writeFailed(job, failed);
    } else if (end instanceof AttemptResult.HandedBack back) {
      recorded = again(job, JobResults.Again.SNOOZED, back.delay(), null);
    } else if (end instanceof AttemptResult.Cancelled) {
      recorded =
          counted(
              end,
              AttemptCounts.End.CANCELLED,
              results.ended(job, JobState.CANCELLED, Attempt.Stop.CANCELLED.text(), null));
    }
    if (!recorded) {
      logStale(end);
    }
  }

  /** Fails a job for good, whatever its attempt ended with. */
  void fail(AttemptResult end, String error) {
    fails(end, error);
  }

  private boolean fails(AttemptResult end, String error) {
    ClaimedJob job = end.attempt().job();
    return counted(end, AttemptCounts.End.FAILED, results.ended(job, JobState.FAILED, error, null));
  }

  /** Counts an attempt if its end was recorded. */
  private boolean counted(AttemptResult end, AttemptCounts.End as, boolean recorded) {
    if (recorded) {
      counts.count(end.attempt(), as);
    }
    return recorded;
  }

  private boolean writeFailed(ClaimedJob job, AttemptResult.Failed failed) {
    AttemptResult.Retry retry = failed.retry();
    if (retry == null) {
      return fails(failed, failed.error());
    }
    Optional<Duration> within = retry.within();
    if (within.isPresent() && results.triedFor(job.id(), within.get().minus(retry.delay()))) {
      String error =
          failed.error()
              + " (not retried: the next attempt would begin more than "
              + DurationText.of(within.get())
              + " after the first)";
      return fails(failed, error);
    }
    return counted(
        failed,
        AttemptCounts.End.RETRIED,
        again(job, JobResults.Again.FAILED, retry.delay(), failed.error()));
  }

  private boolean again(
      ClaimedJob job, JobResults.Again reason, Duration delay, @Nullable String error) {
    boolean recorded = results.again(job, reason, delay, error);
    if (recorded && delay.isZero()) {
      ready.push(lane(job), List.of(hint(job)), false);
    }
    return recorded;
  }

  private static Lane lane(ClaimedJob job) {
    return new Lane(job.queue(), job.kind());
  }

  private static ReadyJob hint(ClaimedJob job) {
    return new ReadyJob(Rank.of(job.priority(), job.id()), job.lockKey());
  }

  private static void logStale(AttemptResult end) {
    Count.OUTCOMES_REFUSED.add(1);
    ClaimedJob job = end.attempt().job();
    log.warn(
        "stale outcome refused job={} kind={} fence={}; a newer attempt has the job",
        job.id(),
        job.kind(),
        job.fence());
  }
}
