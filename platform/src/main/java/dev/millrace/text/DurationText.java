package dev.millrace.text;

import java.time.Duration;

/** Durations as messages show them: a number with its unit, such as {@code 30 min}. */
public final class DurationText {
  private DurationText() {}

  /** Hours, minutes, seconds or milliseconds: the largest of them that leaves no remainder. */
  public static String of(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0 || millis % 1_000 != 0) {
      return millis + " ms";
    }
    long seconds = millis / 1_000;
    if (seconds % 60 != 0) {
      return seconds + " s";
    }
    long minutes = seconds / 60;
    return minutes % 60 == 0 ? minutes / 60 + " h" : minutes + " min";
  }
}
