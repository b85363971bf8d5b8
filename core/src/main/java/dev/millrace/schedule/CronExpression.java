package dev.millrace.schedule;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One cron expression, as wall-clock times without a zone. Five fields are the Unix form (minute,
 * hour, day of month, month, day of week with Sunday 0 or 7); six or seven are Quartz's (second
 * first, Sunday 1, {@code ?}, {@code L}, {@code W}, {@code #}, year last). Names and ranges that
 * wrap ({@code 22-5}) are understood in both. Immutable.
 */
public final class CronExpression {
  private static final LocalDate FIRST = LocalDate.of(1970, 1, 1);
  private static final LocalDate LAST = LocalDate.of(2199, 12, 31);

  private final String text;
  private final BitSet seconds;
  private final BitSet minutes;
  private final BitSet hours;
  private final BitSet months;
  private final BitSet years;
  private final Predicate<LocalDate> days;
  private final boolean repeats;

  private CronExpression(String text, String[] field, boolean unix) {
    this.text = text;
    this.seconds = CronField.SECOND.numbers(field[0]);
    this.minutes = CronField.MINUTE.numbers(field[1]);
    this.hours = CronField.HOUR.numbers(field[2]);
    this.months = CronField.MONTH.numbers(field[4]);
    this.years = CronField.YEAR.numbers(field[6]);
    this.days = unix ? CronDays.unix(field[3], field[5]) : CronDays.quartz(field[3], field[5]);
    this.repeats = hours.cardinality() == 24 || steps(field[0]) || steps(field[1]);
  }

  /**
   * Reads either form.
   *
   * @throws InvalidScheduleException naming the field, its value and what is allowed
   */
  public static CronExpression parse(String expression) {
    String text = expression.strip();
    String[] given = text.split("\\s+", -1);
    if (given.length < 5 || given.length > 7) {
      throw new InvalidScheduleException(
          "cron", text, "five fields (Unix) or six or seven (Quartz, seconds first)");
    }
    boolean unix = given.length == 5;
    String[] field = {"0", "*", "*", "*", "*", "*", "*"};
    System.arraycopy(given, 0, field, unix ? 1 : 0, given.length);
    CronExpression parsed = new CronExpression(text, field, unix);
    if (parsed.atOrAfter(FIRST.atStartOfDay()).isEmpty()) {
      throw new InvalidScheduleException("cron", text, "a time that comes some day");
    }
    return parsed;
  }

  private static boolean steps(String field) {
    return field.indexOf('*') >= 0 || field.indexOf('/') >= 0;
  }

  /**
   * Whether it repeats within the hour or from hour to hour, and so follows the time that really
   * passes when the clocks change; otherwise it names times of the day.
   */
  boolean repeats() {
    return repeats;
  }

  /** The first of its times at or after {@code from}; empty when the years have run out. */
  Optional<LocalDateTime> atOrAfter(LocalDateTime from) {
    LocalDateTime second = from.truncatedTo(ChronoUnit.SECONDS);
    LocalDateTime start = second.isBefore(from) ? second.plusSeconds(1) : second;
    if (start.isBefore(FIRST.atStartOfDay())) {
      start = FIRST.atStartOfDay();
    }
    LocalDate day = start.toLocalDate();
    if (matches(day)) {
      int found = secondAtOrAfter(start.toLocalTime().toSecondOfDay());
      if (found >= 0) {
        return Optional.of(day.atTime(LocalTime.ofSecondOfDay(found)));
      }
    }
    day = day.plusDays(1);
    while (!day.isAfter(LAST)) {
      if (!years.get(day.getYear())) {
        day = LocalDate.of(day.getYear() + 1, 1, 1);
      } else if (!months.get(day.getMonthValue())) {
        day = day.withDayOfMonth(1).plusMonths(1);
      } else if (days.test(day)) {
        return Optional.of(day.atTime(LocalTime.ofSecondOfDay(secondAtOrAfter(0))));
      } else {
        day = day.plusDays(1);
      }
    }
    return Optional.empty();
  }

  /** The last of its times at or before {@code upTo}; empty before 1970. */
  Optional<LocalDateTime> atOrBefore(LocalDateTime upTo) {
    LocalDate day = upTo.toLocalDate();
    if (matches(day)) {
      int found = secondAtOrBefore(upTo.toLocalTime().toSecondOfDay());
      if (found >= 0) {
        return Optional.of(day.atTime(LocalTime.ofSecondOfDay(found)));
      }
    }
    day = day.minusDays(1);
    int lastSecond = LocalTime.MAX.toSecondOfDay();
    while (!day.isBefore(FIRST)) {
      if (!years.get(day.getYear())) {
        day = LocalDate.of(day.getYear() - 1, 12, 31);
      } else if (!months.get(day.getMonthValue())) {
        day = day.withDayOfMonth(1).minusDays(1);
      } else if (days.test(day)) {
        return Optional.of(day.atTime(LocalTime.ofSecondOfDay(secondAtOrBefore(lastSecond))));
      } else {
        day = day.minusDays(1);
      }
    }
    return Optional.empty();
  }

  private boolean matches(LocalDate day) {
    return years.get(day.getYear()) && months.get(day.getMonthValue()) && days.test(day);
  }

  /** Of the times of a day, as seconds, or -1. */
  private int secondAtOrAfter(int from) {
    int hour = hours.nextSetBit(from / 3600);
    int minute = from / 60 % 60;
    int second = from % 60;
    if (hour != from / 3600) {
      minute = 0;
      second = 0;
    }
    while (hour >= 0 && hour < 24) {
      int foundMinute = minutes.nextSetBit(minute);
      if (foundMinute >= 0) {
        int foundSecond = seconds.nextSetBit(foundMinute == minute ? second : 0);
        if (foundSecond >= 0) {
          return hour * 3600 + foundMinute * 60 + foundSecond;
        }
        foundMinute = minutes.nextSetBit(minute + 1);
        if (foundMinute >= 0) {
          return hour * 3600 + foundMinute * 60 + seconds.nextSetBit(0);
        }
      }
      hour = hours.nextSetBit(hour + 1);
      minute = 0;
      second = 0;
    }
    return -1;
  }

  private int secondAtOrBefore(int upTo) {
    int hour = hours.previousSetBit(upTo / 3600);
    int minute = upTo / 60 % 60;
    int second = upTo % 60;
    if (hour != upTo / 3600) {
      minute = 59;
      second = 59;
    }
    while (hour >= 0) {
      int foundMinute = minutes.previousSetBit(minute);
      if (foundMinute >= 0) {
        int foundSecond = seconds.previousSetBit(foundMinute == minute ? second : 59);
        if (foundSecond >= 0) {
          return hour * 3600 + foundMinute * 60 + foundSecond;
        }
        foundMinute = minute == 0 ? -1 : minutes.previousSetBit(minute - 1);
        if (foundMinute >= 0) {
          return hour * 3600 + foundMinute * 60 + seconds.previousSetBit(59);
        }
      }
      hour = hour == 0 ? -1 : hours.previousSetBit(hour - 1);
      minute = 59;
      second = 59;
    }
    return -1;
  }

  /** The seconds of the minute at which it can have a slot. */
  public BitSet seconds() {
    return (BitSet) seconds.clone();
  }

  /** The minutes of the hour at which it can have a slot. */
  public BitSet minutes() {
    return (BitSet) minutes.clone();
  }

  /** The hours of the day at which it can have a slot. */
  public BitSet hours() {
    return (BitSet) hours.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CronExpression that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
