package dev.millrace.schedule;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The slots of cron expressions in a time zone; a moment that two of them name is one slot.
 *
 * @param expressions at least one
 */
public record CronSchedule(List<CronExpression> expressions, ZoneId zone) implements Schedule {
  public CronSchedule {
    expressions = List.copyOf(expressions);
    if (expressions.isEmpty()) {
      throw new InvalidScheduleException("cron", "", "at least one expression");
    }
  }

  static CronSchedule parse(String expressions, String timeZone) {
    ZoneId zone = Schedule.zone(timeZone);
    List<CronExpression> parsed = new ArrayList<>();
    for (String expression : expressions.split(";", -1)) {
      if (!expression.isBlank()) {
        parsed.add(CronExpression.parse(expression));
      }
    }
    return new CronSchedule(parsed, zone);
  }

  @Override
  public Optional<Instant> next(Instant instant) {
    return expressions.stream()
        .flatMap(expression -> new ZonedCron(expression, zone).next(instant).stream())
        .min(Comparator.naturalOrder());
  }

  @Override
  public Optional<Instant> slotAtOrBefore(Instant instant) {
    return expressions.stream()
        .flatMap(expression -> new ZonedCron(expression, zone).atOrBefore(instant).stream())
        .max(Comparator.naturalOrder());
  }

  @Override
  public String toString() {
    return expressions.stream().map(CronExpression::toString).collect(Collectors.joining("; "))
        + " "
        + zone;
  }
}
