package dev.millrace.job;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Where a job stands. The text in Postgres, in the API and on the page is {@link #text}. */
public enum JobState {
  /**
   * Not due yet, or waiting out a back-off; the dispatcher moves it to {@link #QUEUED} when {@code
   * run_at} has come.
   */
  SCHEDULED,
  /** Due; a queue worker moves it to {@link #PROCESSING} by claiming it. */
  QUEUED,
  /**
   * Held by one queue worker under a fence; that worker records what came of it, or the rescuer
   * takes it back.
   */
  PROCESSING,
  /** Its own work is done, its children's is not; the last child to finish moves it on. */
  WAITING,
  /** Done. Kept until pruned. */
  COMPLETED,
  /** Out of attempts, or not to be retried. Kept until pruned; can be retried by hand. */
  FAILED,
  /** Stopped by someone. Kept until pruned. */
  CANCELLED;

  /** Whether the state is final. */
  public boolean finished() {
    return this == COMPLETED || this == FAILED || this == CANCELLED;
  }

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The state of a text, as stored.
   *
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
