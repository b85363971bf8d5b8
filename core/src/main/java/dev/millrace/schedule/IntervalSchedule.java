package dev.millrace.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A slot every given number of seconds. Slots are counted from the epoch, not from the start of a
 * process or the end of a run.
 *
 * @param interval whole seconds, at least one
 */
record IntervalSchedule(Duration interval) implements Schedule {
  IntervalSchedule {
    if (interval.toSeconds() < 1 || !interval.equals(Duration.ofSeconds(interval.toSeconds()))) {
      throw new InvalidScheduleException(
          "interval_seconds", interval.toString(), "whole seconds, at least 1");
    }
  }

  @Override
  public Optional<Duration> step() {
    return Optional.of(interval);
  }

  @Override
  public Optional<Instant> next(Instant instant) {
    return Optional.of(floor(instant).plus(interval));
  }

  @Override
  public Optional<Instant> slotAtOrBefore(Instant instant) {
    return instant.isBefore(Instant.EPOCH) ? Optional.empty() : Optional.of(floor(instant));
  }

  private Instant floor(Instant instant) {
    long seconds = interval.toSeconds();
    return Instant.ofEpochSecond(Math.floorDiv(instant.getEpochSecond(), seconds) * seconds);
  }

  @Override
  public String toString() {
    return "every " + interval.toSeconds() + " s";
  }
}
