package dev.millrace.job;

import dev.millrace.json.Json;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a handler says came of an attempt that did not throw. */
public sealed interface Outcome {

  /** Done, and nothing to tell. */
  static Outcome done() {
    return Done.SILENT;
  }

  /**
   * Done, with a result that is kept on the job.
   *
   * @param result written as JSON
   */
  static Outcome done(Object result) {
    return new Done(Json.write(result));
  }

  /**
   * The job's own work is done; it completes when all of these have finished. They are enqueued in
   * the transaction that records this, so they exist once however often the attempt is repeated. No
   * children: done at once.
   */
  static Outcome waitFor(List<NewJob> children, Object result) {
    return new WaitFor(children, Json.write(result), OnChildFailure.CONTINUE);
  }

  /** As {@link #waitFor}, but the job fails when one of them does not complete. */
  static Outcome waitForAllOf(List<NewJob> children, Object result) {
    return new WaitFor(children, Json.write(result), OnChildFailure.FAIL);
  }

  /** Not now: run again after the delay, without spending an attempt. */
  static Outcome snooze(Duration delay) {
    return new Snooze(delay);
  }

  /** See {@link #done()}. */
  record Done(@Nullable String result) implements Outcome {
    private static final Done SILENT = new Done(null);
  }

  /** See {@link #waitFor}. */
  record WaitFor(List<NewJob> children, String result, OnChildFailure onChildFailure)
      implements Outcome {
    public WaitFor {
      children = List.copyOf(children);
    }
  }

  /** See {@link #snooze}. */
  record Snooze(Duration delay) implements Outcome {
    public Snooze {
      if (delay.isNegative()) {
        throw new IllegalArgumentException("delay must not be negative, was " + delay);
      }
    }
  }
}
