package dev.millrace.scheduler;

import dev.millrace.queue.Dispatch;
import java.time.Duration;
import java.util.Optional;

/**
 * Queues scheduled jobs at the moment they are due: rests until the next one is, wakes up when
 * somebody schedules one for sooner, and looks at the clock every few hundredths of a second in any
 * case: nobody rings for a job that was scheduled in SQL, and it is to begin within 50 ms of its
 * time as well.
 */
final class Dispatcher {
  private static final Duration POLL = Duration.ofMillis(40);

  private final Dispatch dispatch;

  Dispatcher(Dispatch dispatch) {
    this.dispatch = dispatch;
  }

  /** Queues what is due, and says how long to rest. */
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
