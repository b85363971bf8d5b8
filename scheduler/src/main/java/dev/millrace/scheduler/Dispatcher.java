package dev.millrace.scheduler;

import dev.millrace.scheduler.leader.Dispatch;
import java.time.Duration;
import java.util.Optional;

/**
 * Queues scheduled jobs when they are due: pauses until the next due time, is woken when a job with
 * an earlier time is enqueued, and polls every 40 ms in any case, because a job that SQL scheduled
 * sends no wake-up and must start within 50 ms of its time.
 */
final class Dispatcher {
  private static final Duration POLL = Duration.ofMillis(40);

  private final Dispatch dispatch;

  Dispatcher(Dispatch dispatch) {
    this.dispatch = dispatch;
  }

  /** Queues due jobs and returns the pause before the next run. */
  Duration step() {
    Optional<Duration> next = dispatch.untilNextDue();
    if (next.filter(Duration::isZero).isPresent()) {
      if (dispatch.promote() == Dispatch.PROMOTE) {
        return Duration.ZERO;
      }
      next = dispatch.untilNextDue();
    }
    return next.filter(rest -> rest.compareTo(POLL) < 0).orElse(POLL);
  }
}
