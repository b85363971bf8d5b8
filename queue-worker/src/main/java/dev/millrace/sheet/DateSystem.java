package dev.millrace.sheet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/** How a sheet counts days. */
public enum DateSystem {
  /** From 1 January 1900 as day 1, with a 29 February that did not exist. */
  FROM_1900,
  /** From 1 January 1904 as day 0. */
  FROM_1904,
  /** From 30 December 1899 as day 0, without a gap: Google's sheets. */
  FROM_1899;

  private static final LocalDate BEFORE_1900 = LocalDate.of(1899, 12, 31);
  private static final LocalDate START_1899 = LocalDate.of(1899, 12, 30);
  private static final LocalDate START_1904 = LocalDate.of(1904, 1, 1);
  private static final int DAY_THAT_NEVER_WAS = 60;
  private static final int DAYS_TO_YEAR_10000 = 2_958_466;
  private static final int DAYS_1900_TO_1904 = 1_462;
  private static final BigDecimal SECONDS_OF_DAY = BigDecimal.valueOf(86_400);
  private static final Pattern DAY_OR_YEAR = Pattern.compile("(?i)[ydbg]|m{3,5}");
  private static final Pattern TIME = Pattern.compile("(?i)[hs]");

  /**
   * A date in ISO 8601; with a time if the format shows one, and a time alone if it shows no date.
   *
   * @param format without literals and brackets; empty for elapsed time
   */
  SheetCell cell(BigDecimal serial, String format) {
    BigInteger seconds =
        serial.multiply(SECONDS_OF_DAY).setScale(0, RoundingMode.HALF_UP).toBigInteger();
    BigInteger[] parts = seconds.divideAndRemainder(SECONDS_OF_DAY.toBigInteger());
    int last = this == FROM_1904 ? DAYS_TO_YEAR_10000 - DAYS_1900_TO_1904 : DAYS_TO_YEAR_10000;
    if (serial.signum() < 0 || parts[0].compareTo(BigInteger.valueOf(last)) >= 0) {
      return SheetCell.of(SheetCell.Kind.ERROR, serial.toPlainString());
    }
    int day = parts[0].intValue();
    LocalTime time = LocalTime.ofSecondOfDay(parts[1].intValue());
    boolean showsDate = DAY_OR_YEAR.matcher(format).find();
    boolean showsTime = TIME.matcher(format).find();
    String text;
    if (!showsDate && showsTime && day == 0) {
      text = time.format(DateTimeFormatter.ISO_LOCAL_TIME);
    } else if (!showsDate && showsTime) {
      text = day + "d " + time.format(DateTimeFormatter.ISO_LOCAL_TIME);
    } else {
      text = date(day) + (showsTime ? "T" + time.format(DateTimeFormatter.ISO_LOCAL_TIME) : "");
    }
    return SheetCell.of(SheetCell.Kind.DATE, text);
  }

  private String date(int day) {
    if (this == FROM_1899) {
      return START_1899.plusDays(day).toString();
    }
    if (this == FROM_1904) {
      return START_1904.plusDays(day).toString();
    }
    if (day == 0) {
      return "1900-01-00";
    }
    if (day == DAY_THAT_NEVER_WAS) {
      return "1900-02-29";
    }
    return BEFORE_1900.plusDays(day < DAY_THAT_NEVER_WAS ? day : day - 1).toString();
  }
}
