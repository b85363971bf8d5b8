package dev.millrace.schedule;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * {@code SYNC_INTERVAL_HOURS}: at minute 0 of the hours {@code range(0, 24, n)}, as requirement 001
 * has it. For 5 that is 0, 5, 10, 15 and 20: the last stretch of the day is the shorter one.
 *
 * @param interval 1 to 24
 */
public record SyncHours(int interval) {
  /** The default. */
  public static final SyncHours DEFAULT = new SyncHours(8);

  public SyncHours {
    if (interval < 1 || interval > 24) {
      throw new InvalidScheduleException(
          "SYNC_INTERVAL_HOURS", Integer.toString(interval), "1 to 24");
    }
  }

  /** The five-field expression, such as {@code 0 0,8,16 * * *} for 8. */
  public String cron() {
    String hours =
        IntStream.iterate(0, hour -> hour < 24, hour -> hour + interval)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(","));
    return "0 " + hours + " * * *";
  }
}
