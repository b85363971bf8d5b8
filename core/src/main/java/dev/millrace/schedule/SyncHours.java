package dev.millrace.schedule;

import java.util.Optional;
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
    return "0 " + hours(",") + " * * *";
  }

  private String hours(String separator) {
    return IntStream.iterate(0, hour -> hour < 24, hour -> hour + interval)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(separator));
  }

  /** What an interval that does not divide the day means, as a sentence; empty: it divides it. */
  public Optional<String> unevenNote() {
    int last = 24 % interval;
    return last == 0
        ? Optional.empty()
        : Optional.of(
            "SYNC_INTERVAL_HOURS is %d, which does not divide 24: a sync starts at %s h of each day, the last interval of a day has %d h"
                .formatted(interval, hours(", "), last));
  }

  /** The interval that has this expression; empty: the expression is another one. */
  public static Optional<SyncHours> ofCron(String cron) {
    return IntStream.rangeClosed(1, 24)
        .mapToObj(SyncHours::new)
        .filter(hours -> hours.cron().equals(cron))
        .findFirst();
  }
}
