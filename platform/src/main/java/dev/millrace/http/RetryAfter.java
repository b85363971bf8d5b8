package dev.millrace.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The header {@code Retry-After}: seconds, or a date in one of the three forms of RFC 9110. */
public final class RetryAfter {
  private static final int MOST_DIGITS = 9;
  private static final List<DateTimeFormatter> DATES =
      List.of(
          DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH),
          new DateTimeFormatterBuilder()
              .appendPattern("EEEE, dd-MMM-")
              .appendValueReduced(ChronoField.YEAR, 2, 2, 2000)
              .appendPattern(" HH:mm:ss 'GMT'")
              .toFormatter(Locale.ENGLISH),
          DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ENGLISH));

  private RetryAfter() {}

  /** Whether a status comes with a wish to be left alone: too many requests, unavailable. */
  public static boolean counts(int status) {
    return status == 429 || status == 503;
  }

  /**
   * How long to stay away, not negative; empty for what is neither seconds nor a date.
   *
   * @param value of the header, or empty
   * @param serverDate the {@code Date} of the same answer, by whose clock a date is meant; or empty
   * @param now by our own clock, where the server does not tell its time
   */
  public static Optional<Duration> parse(String value, String serverDate, Instant now) {
    String text = value.strip();
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      String seconds = text.replaceFirst("^0+(?=.)", "");
      return Optional.of(
          Duration.ofSeconds(
              seconds.length() > MOST_DIGITS ? Integer.MAX_VALUE : Long.parseLong(seconds)));
    }
    Instant from = date(serverDate.strip()).orElse(now);
    return date(text)
        .map(until -> Duration.between(from, until))
        .map(wait -> wait.isNegative() ? Duration.ZERO : wait);
  }

  private static Optional<Instant> date(String text) {
    String single = text.replaceAll(" +", " ");
    for (DateTimeFormatter form : DATES) {
      try {
        return Optional.of(LocalDateTime.parse(single, form).toInstant(ZoneOffset.UTC));
      } catch (DateTimeException e) {
        // another form
      }
    }
    return Optional.empty();
  }
}
