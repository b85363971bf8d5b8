package dev.millrace.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** When a background worker is due: slots, whole seconds, the same on every node. Immutable. */
public sealed interface Schedule permits IntervalSchedule, CronSchedule {

  /** The first slot after {@code instant}; empty when there is none any more. */
  Optional<Instant> next(Instant instant);

  /** The last slot at or before {@code instant}; empty when there was none since 1970. */
  Optional<Instant> slotAtOrBefore(Instant instant);

  /** The time from each slot to the next, where it is always the same; empty: a cron schedule. */
  default Optional<Duration> step() {
    return Optional.empty();
  }

  /** A slot each {@code interval}, counted from 1970-01-01T00:00Z. */
  static Schedule every(Duration interval) {
    return new IntervalSchedule(interval);
  }

  /**
   * The slots of one or more cron expressions, separated by {@code ;}.
   *
   * @param timeZone such as {@code Europe/Berlin} or {@code UTC}
   * @throws InvalidScheduleException naming the field, its value and what is allowed
   */
  static Schedule cron(String expressions, String timeZone) {
    return CronSchedule.parse(expressions, timeZone);
  }

  /** The next slots after {@code instant}, at most {@code count} of them, in order. */
  default List<Instant> next(Instant instant, int count) {
    List<Instant> slots = new ArrayList<>(count);
    Optional<Instant> slot = next(instant);
    while (slot.isPresent() && slots.size() < count) {
      slots.add(slot.get());
      slot = next(slot.get());
    }
    return slots;
  }

  /**
   * The slots after {@code after} and up to {@code upTo}, in order; of more than {@code most} the
   * newest.
   */
  default List<Instant> slots(Instant after, Instant upTo, int most) {
    List<Instant> slots = new ArrayList<>();
    Optional<Instant> slot = slotAtOrBefore(upTo);
    while (slot.isPresent() && slot.get().isAfter(after) && slots.size() < most) {
      slots.add(slot.get());
      slot = slotAtOrBefore(slot.get().minusNanos(1));
    }
    Collections.reverse(slots);
    return slots;
  }

  /** Whether {@code instant} is a slot. */
  default boolean has(Instant instant) {
    return slotAtOrBefore(instant).filter(instant::equals).isPresent();
  }

  /**
   * The zone of that name.
   *
   * @throws InvalidScheduleException when there is none
   */
  static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (java.time.DateTimeException e) {
      throw new InvalidScheduleException(
          "time_zone", name, "a name such as UTC or Europe/Berlin", e);
    }
  }
}
