package dev.millrace.worker;

import dev.millrace.queue.ClaimedJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outcomes that cannot be recorded yet, because another transaction has locked a row that they
 * need, in the order in which they are tried again. For one thread; {@link #size} for any.
 */
final class Postponed {
  private static final Logger log = LoggerFactory.getLogger(Postponed.class);
  private static final Duration RETRY = Duration.ofMillis(250);

  private final List<AttemptResult> ends = new ArrayList<>();
  private long nextRetry;
  private volatile int size;

  void add(AttemptResult end) {
    ClaimedJob job = end.attempt().job();
    log.info(
        "outcome postponed job={} kind={} fence={}: another transaction has locked its row or its parent's",
        job.id(),
        job.kind(),
        job.fence());
    if (ends.isEmpty()) {
      nextRetry = System.nanoTime() + RETRY.toNanos();
    }
    addAgain(end);
  }

  /** Adds one that was {@link #due} and cannot be recorded yet. */
  void addAgain(AttemptResult end) {
    ends.add(end);
    size = ends.size();
  }

  /**
   * Takes the first of those that are to be tried now; none until a quarter of a second is over.
   */
  List<AttemptResult> due(int most) {
    if (ends.isEmpty() || System.nanoTime() - nextRetry < 0) {
      return List.of();
    }
    nextRetry = System.nanoTime() + RETRY.toNanos();
    List<AttemptResult> first = ends.subList(0, Math.min(most, ends.size()));
    List<AttemptResult> due = List.copyOf(first);
    first.clear();
    size = ends.size();
    return due;
  }

  /** For the thread that adds. */
  boolean holds(AttemptResult end) {
    return ends.contains(end);
  }

  int size() {
    return size;
  }
}
