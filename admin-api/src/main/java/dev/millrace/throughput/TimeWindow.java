package dev.millrace.throughput;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** The time that an answer is about. It ends now and begins at a whole minute or hour in UTC. */
public enum TimeWindow {
  QUARTER("15m", 15, Counted.MINUTES, Duration.ofMinutes(1), Duration.ofSeconds(5)),
  HOUR("1h", 60, Counted.MINUTES, Duration.ofMinutes(1), Duration.ofSeconds(10)),
  DAY("24h", 24, Counted.HOURS, Duration.ofMinutes(15), Duration.ofSeconds(30)),
  WEEK("7d", 7 * 24, Counted.HOURS, Duration.ofHours(1), Duration.ofSeconds(60));

  /** By what time the counts of kinds are kept. */
  enum Counted {
    MINUTES("job_minutes", Duration.ofMinutes(1)),
    HOURS("job_hours", Duration.ofHours(1));

    final String table;
    final Duration time;

    Counted(String table, Duration time) {
      this.table = table;
      this.time = time;
    }
  }

  private final String text;
  private final int times;
  private final Counted kinds;
  private final Duration step;
  private final Duration fresh;

  TimeWindow(String text, int times, Counted kinds, Duration step, Duration fresh) {
    this.text = text;
    this.times = times;
    this.kinds = kinds;
    this.step = step;
    this.fresh = fresh;
  }

  /** What a caller asks for: {@code 15m}, {@code 1h}, {@code 24h} or {@code 7d}. */
  public String text() {
    return text;
  }

  public static TimeWindow of(String text) {
    return Arrays.stream(values()).filter(one -> one.text.equals(text)).findFirst().orElseThrow();
  }

  public static List<String> texts() {
    return Arrays.stream(values()).map(TimeWindow::text).toList();
  }

  /** For how long an answer is given again. */
  public Duration fresh() {
    return fresh;
  }

  /** The time of one point of the totals. */
  Duration step() {
    return step;
  }

  /** Where the counts of the totals are: of a step below an hour, in the minutes. */
  Counted totals() {
    return step.compareTo(Counted.HOURS.time) < 0 ? Counted.MINUTES : Counted.HOURS;
  }

  /**
   * Where the counts of the kinds are. The hours of a day are 24 rows of a kind, its minutes 1,440.
   */
  Counted kinds() {
    return kinds;
  }

  /** When it begins: the minute or hour of {@code now} is its last one. */
  Instant from(Instant now) {
    long seconds = kinds.time.toSeconds();
    long last = Math.floorDiv(now.getEpochSecond(), seconds) * seconds;
    return Instant.ofEpochSecond(last - (times - 1) * seconds);
  }
}
