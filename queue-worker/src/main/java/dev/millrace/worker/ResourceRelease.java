package dev.millrace.worker;

import dev.millrace.lock.JobLocks;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.Claims;
import dev.millrace.queue.ReadyJobs;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees what ended attempts have used: lock keys, limit slots and the shown progress. For the
 * recording thread only.
 */
final class ResourceRelease {
  private static final Logger log = LoggerFactory.getLogger(ResourceRelease.class);

  private final JobLocks locks;
  private final Claims claims;
  private final ReadyJobs ready;
  private final ProgressBoard board;

  ResourceRelease(JobLocks locks, Claims claims, ReadyJobs ready, ProgressBoard board) {
    this.locks = locks;
    this.claims = claims;
    this.ready = ready;
    this.board = board;
  }

  /** Frees what recorded attempts have used, and pushes the next job of each key to Redis. */
  void release(List<AttemptResult> recorded) {
    freeKeys(recorded);
    for (AttemptResult end : recorded) {
      if (end.attempt().showedProgress()) {
        board.clear(end.attempt().jobId());
      }
    }
  }

  private void freeKeys(List<AttemptResult> recorded) {
    List<JobLocks.Held> held =
        recorded.stream()
            .map(end -> end.attempt().lock())
            .filter(Objects::nonNull)
            .collect(Collectors.toList());
    Set<String> lockKeys = Set.copyOf(keys(recorded, ClaimedJob::lockKey));
    Map<String, Integer> freedSlots =
        keys(recorded, ClaimedJob::limitKey).stream()
            .collect(Collectors.toMap(Function.identity(), key -> 1, Integer::sum));
    if (!held.isEmpty()) {
      locks.release(held);
    }
    if (lockKeys.isEmpty() && freedSlots.isEmpty()) {
      return;
    }
    try {
      claims
          .nextOf(lockKeys, freedSlots)
          .forEach(next -> ready.push(next.lane(), List.of(next.job()), false));
    } catch (RuntimeException e) {
      log.debug(
          "the next jobs of keys {} {} could not be read; the dispatcher finds them",
          lockKeys,
          freedSlots.keySet(),
          e);
    }
  }

  private static List<String> keys(
      List<AttemptResult> ends, Function<ClaimedJob, @Nullable String> key) {
    return ends.stream()
        .map(end -> key.apply(end.attempt().job()))
        .filter(Objects::nonNull)
        .toList();
  }
}
