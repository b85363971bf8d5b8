package dev.millrace.scheduler;

import dev.millrace.queue.Dispatch;
import java.time.Duration;

/**
 * Queues scheduled jobs at the moment they are due: rests until the next one is, wakes up when
 * somebody schedules one for sooner, and looks at the clock twice a second in any case.
 */
final class Dispatcher {
  private static final Duration POLL = Duration.ofMillis(500);

  private final Dispatch dispatch;

  Dispatcher(Dispatch dispatch) {
    this.dispatch = dispatch;
  }

  /** Queues what is due, and says how long to rest. */
  Duration step() {
    if (dispatch.promote() == Dispatch.PROMOTE) {
      return Duration.ZERO;
    }
    return dispatch.untilNextDue().filter(next -> next.compareTo(POLL) < 0).orElse(POLL);
  }
}
