package dev.millrace.progress;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.millrace.text.CodePoints;
import java.time.Instant;

/**
 * How far a running job is.
 *
 * @param current at least 0
 * @param total at least {@code current}; 0 when not known
 * @param at by the worker's clock; for show only
 */
public record Progress(
    @JsonIgnore long fence, long current, long total, String message, Instant at) {
  /** The longest message that is kept. */
  public static final int MAX_MESSAGE = 500;

  public Progress {
    if (current < 0) {
      throw new IllegalArgumentException("current must be >= 0, was " + current);
    }
    if (total != 0 && total < current) {
      throw new IllegalArgumentException(
          "total must be 0 or >= current " + current + ", was " + total);
    }
    message = CodePoints.first(message, MAX_MESSAGE);
  }
}
