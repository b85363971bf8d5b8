package dev.millrace.schedule;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * Where the wall-clock times of a cron expression lie on the time line of a zone. The line is
 * walked in the stretches between two changes of the zone's offset; what holds at such a change is
 * in the package's essay.
 */
record ZonedCron(CronExpression cron, ZoneId zone) {

  /** The first slot after {@code instant}. */
  Optional<Instant> next(Instant instant) {
    ZoneRules rules = zone.getRules();
    ZoneOffset offset = rules.getOffset(instant);
    LocalDateTime from = LocalDateTime.ofInstant(instant, offset).plusNanos(1);
    ZoneOffsetTransition begin = rules.previousTransition(instant.plusNanos(1));
    if (begin != null && from.isBefore(firstTimeAfter(begin))) {
      from = firstTimeAfter(begin);
    }
    ZoneOffsetTransition end = rules.nextTransition(instant);
    while (true) {
      Optional<LocalDateTime> found = cron.atOrAfter(from);
      if (found.isEmpty() && end == null) {
        return Optional.empty();
      }
      if (found.isPresent() && (end == null || found.get().isBefore(end.getDateTimeBefore()))) {
        return Optional.of(found.get().toInstant(offset));
      }
      if (skipsATime(end)) {
        return Optional.of(end.getInstant());
      }
      if (found.isEmpty()) {
        return Optional.empty();
      }
      offset = end.getOffsetAfter();
      from = firstTimeAfter(end);
      end = rules.nextTransition(end.getInstant());
    }
  }

  /** The last slot at or before {@code instant}. */
  Optional<Instant> atOrBefore(Instant instant) {
    ZoneRules rules = zone.getRules();
    ZoneOffset offset = rules.getOffset(instant);
    LocalDateTime upTo = LocalDateTime.ofInstant(instant, offset);
    ZoneOffsetTransition begin = rules.previousTransition(instant.plusNanos(1));
    while (true) {
      Optional<LocalDateTime> found = cron.atOrBefore(upTo);
      if (found.isPresent() && (begin == null || !found.get().isBefore(firstTimeAfter(begin)))) {
        return Optional.of(found.get().toInstant(offset));
      }
      if (begin == null) {
        return Optional.empty();
      }
      if (skipsATime(begin)) {
        return Optional.of(begin.getInstant());
      }
      offset = begin.getOffsetBefore();
      upTo = begin.getDateTimeBefore().minusNanos(1);
      begin = rules.previousTransition(begin.getInstant());
    }
  }

  /** The first wall-clock time that counts after a change; the second pass of an hour does not. */
  private LocalDateTime firstTimeAfter(ZoneOffsetTransition change) {
    boolean secondPass = change.isOverlap() && !cron.repeats();
    return secondPass ? change.getDateTimeBefore() : change.getDateTimeAfter();
  }

  /** Whether a named time of the day does not exist because the clocks jump over it. */
  private boolean skipsATime(ZoneOffsetTransition change) {
    return change.isGap()
        && !cron.repeats()
        && cron.atOrAfter(change.getDateTimeBefore())
            .filter(time -> time.isBefore(change.getDateTimeAfter()))
            .isPresent();
  }
}
