package dev.millrace.scheduler.quartz;

import dev.millrace.schedule.CronExpression;
import dev.millrace.schedule.CronSchedule;
import dev.millrace.schedule.Schedule;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.BitSet;
import java.util.stream.Collectors;

/**
 * The ticks of a schedule: a cron expression of Quartz's, in UTC, that fires at each slot and,
 * where cron cannot express them, in between. Quartz's own reading of time zones is not used: it
 * leaves out a daily run in spring and a whole hour of runs in autumn.
 */
public final class Ticks {
  private static final int MINUTE = 60;
  private static final int HOUR = 60 * MINUTE;

  /** Three fields of this length and the rest fit into Quartz's column of 120. */
  private static final int LONGEST_FIELD = 35;

  private Ticks() {}

  /** The expression, with a field {@code *} where a list would be too long to be stored. */
  public static String of(Schedule schedule) {
    if (schedule instanceof CronSchedule cron) {
      return of(cron);
    }
    return of(schedule.step().orElseThrow().toSeconds());
  }

  /** The largest divisor that a cron expression can tick at. */
  private static String of(long seconds) {
    if (seconds % HOUR == 0) {
      return "0 0 " + each(gcd(seconds / HOUR, 24), 24) + " * * ?";
    }
    if (seconds % MINUTE == 0) {
      return "0 " + each(gcd(seconds / MINUTE, 60), 60) + " * * * ?";
    }
    return each(gcd(seconds, 60), 60) + " * * * * ?";
  }

  /** A field from 0 in steps; Quartz refuses a step as long as the field. */
  private static String each(long step, int size) {
    return step == size ? "0" : "0/" + step;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private static String of(CronSchedule schedule) {
    BitSet seconds = new BitSet();
    BitSet minutes = new BitSet();
    BitSet hours = new BitSet();
    for (CronExpression expression : schedule.expressions()) {
      seconds.or(expression.seconds());
      minutes.or(expression.minutes());
      hours.or(expression.hours());
    }
    ZoneRules rules = schedule.zone().getRules();
    if (!rules.isFixedOffset() || !rules.getOffset(Instant.EPOCH).equals(ZoneOffset.UTC)) {
      // offsets and their changes are whole minutes: any minute of the day may hold a slot
      seconds.set(0);
      minutes.set(0, 60);
      hours.set(0, 24);
    }
    return field(seconds, 60) + " " + field(minutes, 60) + " " + field(hours, 24) + " * * ?";
  }

  private static String field(BitSet numbers, int size) {
    String list = numbers.stream().mapToObj(Integer::toString).collect(Collectors.joining(","));
    return numbers.cardinality() == size || list.length() > LONGEST_FIELD ? "*" : list;
  }
}
