package dev.millrace.job;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Where a job stands. The text in Postgres, in the API and on the page is {@link #text}. */
public enum JobState {
  /**
   * Not due yet, put off by its handler, or waiting out a back-off; the dispatcher moves it to
   * {@link #QUEUED} when {@code run_at} has come by the database's clock.
   */
  SCHEDULED,
  /** Due; a queue worker moves it to {@link #PROCESSING} by claiming it. */
  QUEUED,
  /**
   * Held by one queue worker under a fence; that worker records what came of it, or the rescuer
   * takes it back.
   */
  PROCESSING,
  /**
   * It has ended, completed or not, and its children have not; the last child to finish moves it
   * on. A batch waits from the start.
   */
  WAITING,
  /** Done. Kept until pruned, after 7 days unless its kind or an admin says otherwise. */
  COMPLETED,
  /**
   * Out of attempts, not to be retried, too late for a deadline, or failed by its children. Kept
   * until pruned, after 30 days unless its kind or an admin says otherwise; can be retried by hand.
   */
  FAILED,
  /**
   * Stopped on request, or skipped because its lock key was held. Kept as long as a completed one;
   * can be retried by hand.
   */
  CANCELLED;

  /**
   * Whether the job has ended. Only a retry by hand moves it on.
   *
   * @return true for {@link #COMPLETED}, {@link #FAILED} and {@link #CANCELLED}
   */
  public boolean finished() {
    return this == COMPLETED || this == FAILED || this == CANCELLED;
  }

  /**
   * As SQL and JSON spell it.
   *
   * @return the name in lower case, such as {@code queued}
   */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The state of a text, as stored.
   *
   * @param text in lower case, as {@link #text} writes it
   * @return the state whose text it is
   * @throws IllegalArgumentException when there is no such state
   */
  public static JobState of(String text) {
    for (JobState state : values()) {
      if (state.text().equals(text)) {
        return state;
      }
    }
    throw new IllegalArgumentException(
        "must be one of "
            + Arrays.stream(values()).map(JobState::text).collect(Collectors.joining(", "))
            + ", was '"
            + text
            + "'");
  }
}
