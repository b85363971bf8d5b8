package dev.millrace.schedule;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** One field of a cron expression: its range, its names, and how its numbers are read. */
enum CronField {
  SECOND("second", 0, 59, 60, ""),
  MINUTE("minute", 0, 59, 60, ""),
  HOUR("hour", 0, 23, 24, ""),
  DAY_OF_MONTH("day of month", 1, 31, 31, ""),
  MONTH("month", 1, 12, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
  /** Sunday is 0, and 7 as well. */
  UNIX_DAY_OF_WEEK("day of week", 0, 7, 7, Names.DAYS),
  /** Sunday is 1. */
  QUARTZ_DAY_OF_WEEK("day of week", 1, 7, 7, Names.DAYS),
  YEAR("year", 1970, 2199, 230, "");

  private static final class Names {
    static final String DAYS = "SUN MON TUE WED THU FRI SAT";
  }

  private final String title;
  private final int min;
  private final int max;
  private final int period;
  private final String names;

  CronField(String title, int min, int max, int period, String names) {
    this.title = title;
    this.min = min;
    this.max = max;
    this.period = period;
    this.names = names;
  }

  private List<String> names() {
    return names.isEmpty() ? List.of() : List.of(names.split(" ", -1));
  }

  /** The numbers that a field's whole text allows. */
  BitSet numbers(String text) {
    BitSet numbers = new BitSet();
    for (String element : text.split(",", -1)) {
      numbers.or(element(element));
    }
    return numbers;
  }

  /** The numbers of {@code *}, {@code 3}, {@code 3-7}, each also with a step, as {@code 3-7/2}. */
  BitSet element(String element) {
    int slash = element.indexOf('/');
    String range = slash < 0 ? element : element.substring(0, slash);
    int step = slash < 0 ? 1 : step(element, element.substring(slash + 1));
    int dash = range.indexOf('-');
    int from;
    int to;
    if (range.equals("*")) {
      from = min;
      to = this == UNIX_DAY_OF_WEEK ? max - 1 : max;
    } else if (dash < 0) {
      from = number(element, range);
      to = slash < 0 ? from : max;
    } else {
      from = number(element, range.substring(0, dash));
      to = number(element, range.substring(dash + 1));
      if (to < from) {
        if (this == YEAR) {
          throw invalid(element);
        }
        to += period;
      }
    }
    BitSet numbers = new BitSet();
    for (int number = from; number <= to; number += step) {
      numbers.set(number > max ? number - period : number);
    }
    return numbers;
  }

  /** One number or name. */
  int number(String element, String text) {
    int name = names().indexOf(text.toUpperCase(Locale.ROOT));
    if (name >= 0) {
      return this == UNIX_DAY_OF_WEEK ? name : name + 1;
    }
    int number = digits(element, text);
    if (number < min || number > max) {
      throw invalid(element);
    }
    return number;
  }

  private int step(String element, String text) {
    int step = digits(element, text);
    if (step < 1 || step > max) {
      throw new InvalidScheduleException("cron " + title, element, "given a step of 1 to " + max);
    }
    return step;
  }

  private int digits(String element, String text) {
    if (text.isEmpty() || text.length() > 4 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw invalid(element);
    }
    return Integer.parseInt(text);
  }

  InvalidScheduleException invalid(String value) {
    return new InvalidScheduleException(
        "cron " + title,
        value,
        "*, "
            + min
            + " to "
            + max
            + (names.isEmpty()
                ? ""
                : ", " + names().get(0) + " to " + names().get(names().size() - 1))
            + ", ranges as a-b, steps as a-b/n, or a list of these");
  }
}
