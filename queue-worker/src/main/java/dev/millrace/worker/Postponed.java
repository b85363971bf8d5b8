package dev.millrace.worker;

import dev.millrace.queue.ClaimedJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outcomes that cannot be recorded yet because another transaction has locked a row that they
 * need, in the order in which they are tried again. For the recording thread only.
 */
final class Postponed {
  private static final Logger log = LoggerFactory.getLogger(Postponed.class);
  private static final Duration RETRY_INTERVAL = Duration.ofMillis(250);

  private final HeldJobs held;
  private final List<AttemptResult> ends = new ArrayList<>();
  private long nextRetry;

  /** Reports its size to the held jobs, as they take room only up to a limit. */
  Postponed(HeldJobs held) {
    this.held = held;
  }

  void add(AttemptResult end) {
    ClaimedJob job = end.attempt().job();
    log.info(
        "outcome postponed job={} kind={} fence={}: another transaction has locked its row or its parent's",
        job.id(),
        job.kind(),
        job.fence());
    if (ends.isEmpty()) {
      nextRetry = System.nanoTime() + RETRY_INTERVAL.toNanos();
    }
    addAgain(end);
  }

  /** Adds one that was {@link #due} and cannot be recorded yet. */
  void addAgain(AttemptResult end) {
    ends.add(end);
    held.setPostponed(ends.size());
  }

  /** Removes and returns the first ones, up to a limit; none until 250 ms after the last time. */
  List<AttemptResult> due(int limit) {
    if (ends.isEmpty() || System.nanoTime() - nextRetry < 0) {
      return List.of();
    }
    nextRetry = System.nanoTime() + RETRY_INTERVAL.toNanos();
    List<AttemptResult> first = ends.subList(0, Math.min(limit, ends.size()));
    List<AttemptResult> due = List.copyOf(first);
    first.clear();
    held.setPostponed(ends.size());
    return due;
  }

  boolean contains(AttemptResult end) {
    return ends.contains(end);
  }

  int size() {
    return ends.size();
  }
}
