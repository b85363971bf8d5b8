package dev.millrace.job;

import dev.millrace.json.Json;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a handler says came of an attempt that did not throw. An outcome that Postgres refuses, such
 * as one with a child that breaks a rule, fails the job.
 *
 * <p>It counts also after a stop was asked for, with two exceptions: after a cancel no child is
 * enqueued and no snooze begins, and the job is cancelled; when the queue worker has lost the job,
 * another attempt runs.
 */
public sealed interface Outcome {

  /**
   * Done, and nothing to tell.
   *
   * @return the same object each time
   */
  static Outcome done() {
    return Done.SILENT;
  }

  /**
   * Done, with a result that is kept on the job.
   *
   * @param result written as JSON, its fields in snake_case
   * @return the outcome
   * @throws dev.millrace.json.JsonException when its type cannot be written
   */
  static Outcome done(Object result) {
    return new Done(Json.write(result));
  }

  /**
   * The job's own work is done; it completes when all of these have finished. They are enqueued in
   * the transaction that records this, so they exist once however often the attempt is repeated. No
   * children: done at once.
   *
   * @param children a job whose unique key another holds is no child
   * @param result of the job's own work, written as JSON and kept on the job
   * @return the outcome; the job completes also when children fail
   * @throws dev.millrace.json.JsonException when the result's type cannot be written
   */
  static Outcome waitFor(List<NewJob> children, Object result) {
    return new WaitFor(children, Json.write(result), OnChildFailure.CONTINUE);
  }

  /**
   * As {@link #waitFor}, but the job fails when one of them does not complete, once all have ended.
   *
   * @param children a job whose unique key another holds is no child
   * @param result of the job's own work, written as JSON and kept on the job
   * @return the outcome
   * @throws dev.millrace.json.JsonException when the result's type cannot be written
   */
  static Outcome waitForAllOf(List<NewJob> children, Object result) {
    return new WaitFor(children, Json.write(result), OnChildFailure.FAIL);
  }

  /**
   * Not now: run again after the delay, without spending an attempt. Only {@link
   * JobOptions#finishBy} limits how often.
   *
   * @param delay from the moment it is recorded, by the database's clock, to the millisecond; zero:
   *     at once
   * @return the outcome
   * @throws IllegalArgumentException when the delay is negative
   */
  static Outcome snooze(Duration delay) {
    return new Snooze(delay);
  }

  /**
   * See {@link #done()}.
   *
   * @param result JSON text, kept on the job; null: none
   */
  record Done(@Nullable String result) implements Outcome {
    private static final Done SILENT = new Done(null);
  }

  /**
   * See {@link #waitFor}.
   *
   * @param children in the order in which they are enqueued
   * @param result JSON text, kept on the job
   * @param onChildFailure what the job becomes when a child does not complete
   */
  record WaitFor(List<NewJob> children, String result, OnChildFailure onChildFailure)
      implements Outcome {
    /**
     * Copies the list.
     *
     * @param children may be empty, and changed afterwards
     * @param result JSON text; that it is JSON is checked when it is recorded
     * @param onChildFailure what the job becomes when a child does not complete
     */
    public WaitFor {
      children = List.copyOf(children);
    }
  }

  /**
   * See {@link #snooze}.
   *
   * @param delay until the job is queued again
   */
  record Snooze(Duration delay) implements Outcome {
    /**
     * Checks the delay.
     *
     * @param delay zero or more
     * @throws IllegalArgumentException when it is negative
     */
    public Snooze {
      if (delay.isNegative()) {
        throw new IllegalArgumentException("delay must not be negative, was " + delay);
      }
    }
  }
}
