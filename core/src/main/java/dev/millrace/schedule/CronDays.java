package dev.millrace.schedule;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Which days the two day fields of a cron expression name together. */
final class CronDays {
  private CronDays() {}

  /**
   * Unix: when both fields are restricted, a day that either of them names; a field that begins
   * with {@code *} restricts by {@code and}.
   */
  static Predicate<LocalDate> unix(String dayOfMonth, String dayOfWeek) {
    BitSet monthDays = CronField.DAY_OF_MONTH.numbers(dayOfMonth);
    BitSet weekDays = CronField.UNIX_DAY_OF_WEEK.numbers(dayOfWeek);
    if (weekDays.get(7)) {
      weekDays.set(0);
    }
    Predicate<LocalDate> inMonth = day -> monthDays.get(day.getDayOfMonth());
    Predicate<LocalDate> inWeek = day -> weekDays.get(day.getDayOfWeek().getValue() % 7);
    return dayOfMonth.startsWith("*") || dayOfWeek.startsWith("*")
        ? inMonth.and(inWeek)
        : inMonth.or(inWeek);
  }

  /** Quartz: one of the fields is {@code ?} (or both are free), the other names the days. */
  static Predicate<LocalDate> quartz(String dayOfMonth, String dayOfWeek) {
    if (free(dayOfWeek)) {
      return free(dayOfMonth) ? day -> true : any(dayOfMonth, CronDays::ofMonth);
    }
    if (free(dayOfMonth)) {
      return any(dayOfWeek, CronDays::ofWeek);
    }
    throw new InvalidScheduleException(
        "cron day of week",
        dayOfWeek,
        "? while day of month is '"
            + dayOfMonth
            + "' (the six-field form knows no 'or' of the two)");
  }

  private static boolean free(String field) {
    return field.equals("?") || field.equals("*");
  }

  private interface Element {
    Predicate<LocalDate> days(String text);
  }

  private static Predicate<LocalDate> any(String field, Element element) {
    List<Predicate<LocalDate>> days = new ArrayList<>();
    for (String text : field.split(",", -1)) {
      days.add(element.days(text.toUpperCase(Locale.ROOT)));
    }
    return day -> days.stream().anyMatch(one -> one.test(day));
  }

  /** {@code L}, {@code L-3}, {@code LW}, {@code 15W}, or plain numbers. */
  private static Predicate<LocalDate> ofMonth(String text) {
    CronField field = CronField.DAY_OF_MONTH;
    if (text.equals("LW")) {
      return day -> day.equals(nearestWeekday(lastOfMonth(day)));
    }
    if (text.equals("L")) {
      return day -> day.equals(lastOfMonth(day));
    }
    if (text.startsWith("L-")) {
      int before = field.number(text, text.substring(2));
      return day -> day.equals(lastOfMonth(day).minusDays(before));
    }
    if (text.endsWith("W")) {
      int number = field.number(text, text.substring(0, text.length() - 1));
      return day ->
          number <= day.lengthOfMonth() && day.equals(nearestWeekday(day.withDayOfMonth(number)));
    }
    BitSet numbers = field.element(text);
    return day -> numbers.get(day.getDayOfMonth());
  }

  /** {@code L} (Saturday), {@code 6L} (the month's last Friday), {@code 6#3} (its third). */
  private static Predicate<LocalDate> ofWeek(String text) {
    CronField field = CronField.QUARTZ_DAY_OF_WEEK;
    if (text.equals("L")) {
      return day -> day.getDayOfWeek() == DayOfWeek.SATURDAY;
    }
    int hash = text.indexOf('#');
    if (hash >= 0) {
      DayOfWeek weekday = weekday(field.number(text, text.substring(0, hash)));
      String nth = text.substring(hash + 1);
      if (!nth.matches("[1-5]")) {
        throw new InvalidScheduleException(
            "cron day of week", text, "a day, # and 1 to 5, as 6#3 for the third Friday");
      }
      int number = Integer.parseInt(nth);
      return day -> day.getDayOfWeek() == weekday && (day.getDayOfMonth() - 1) / 7 + 1 == number;
    }
    if (text.length() > 1 && text.endsWith("L")) {
      DayOfWeek weekday = weekday(field.number(text, text.substring(0, text.length() - 1)));
      return day -> day.equals(day.with(TemporalAdjusters.lastInMonth(weekday)));
    }
    BitSet numbers = field.element(text);
    return day -> numbers.get(day.getDayOfWeek().getValue() % 7 + 1);
  }

  private static DayOfWeek weekday(int quartzNumber) {
    return DayOfWeek.SUNDAY.plus(quartzNumber - 1);
  }

  private static LocalDate lastOfMonth(LocalDate day) {
    return day.with(TemporalAdjusters.lastDayOfMonth());
  }

  /** The weekday nearest to a day, within its month. */
  private static LocalDate nearestWeekday(LocalDate day) {
    return switch (day.getDayOfWeek()) {
      case SATURDAY -> day.getDayOfMonth() == 1 ? day.plusDays(2) : day.minusDays(1);
      case SUNDAY ->
          ChronoUnit.DAYS.between(day, lastOfMonth(day)) == 0 ? day.minusDays(2) : day.plusDays(1);
      case MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY -> day;
    };
  }
}
