package dev.millrace.schedule;

import dev.millrace.db.Sql;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * What an admin may do to a background worker. What is changed here is the admin's from then on: no
 * release changes it. Every change may name the version it was made from; when the row has another
 * by then, nothing is changed. Thread-safe.
 */
public final class BackgroundWorkerEdits {
  private static final String UPDATE = Sql.of(BackgroundWorkerEdits.class, "update");
  private static final String PROFILE = Sql.of(BackgroundWorkerEdits.class, "profile");

  private final Jdbi jdbi;

  public BackgroundWorkerEdits(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * What is to be different; an empty field stays as it is.
   *
   * @param intervalSeconds at least 1; replaces a cron expression
   * @param cron one or more expressions, separated by {@code ;}
   * @param timeZone in which the expressions are read
   */
  public record Change(
      Optional<Switch> enabled,
      OptionalInt intervalSeconds,
      Optional<String> cron,
      Optional<String> timeZone,
      Rules rules) {
    public Change {
      if (intervalSeconds.isPresent() && intervalSeconds.getAsInt() < 1) {
        throw new IllegalArgumentException(
            "interval_seconds must be >= 1, was " + intervalSeconds.getAsInt());
      }
      if (intervalSeconds.isPresent() && cron.isPresent()) {
        throw new IllegalArgumentException("cron must not be given with interval_seconds");
      }
      timeZone.ifPresent(Schedule::zone);
      cron.ifPresent(text -> Schedule.cron(text, timeZone.orElse("UTC")));
    }

    /** Only on or off. */
    public static Change to(Switch position) {
      return new Change(
          Optional.of(position),
          OptionalInt.empty(),
          Optional.empty(),
          Optional.empty(),
          Rules.AS_THEY_ARE);
    }
  }

  /**
   * On or off. A worker that is switched off finishes the run it has begun and begins no other.
   *
   * @param by who did it
   */
  public record Switch(boolean on, String by, Optional<String> reason) {}

  /** When a run begins, and what is made of slots that were missed or come too early. */
  public record Rules(
      OptionalInt jitterSeconds,
      Optional<String> misfirePolicy,
      OptionalInt misfireLimit,
      Optional<String> overlapPolicy) {
    public static final Rules AS_THEY_ARE =
        new Rules(OptionalInt.empty(), Optional.empty(), OptionalInt.empty(), Optional.empty());
  }

  /**
   * Changes the configuration of one background worker.
   *
   * @param expected the version the change was made from; empty: whatever it is
   * @return the row as it is then; empty when there is no such worker or its version is another
   */
  public Optional<BackgroundWorker> apply(String workerName, OptionalLong expected, Change change) {
    Optional<Switch> position = change.enabled();
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(UPDATE)
                .bind("workerName", workerName)
                .bind("version", version(expected))
                .bind("enabled", position.map(Switch::on).orElse(null))
                .bind("by", position.map(Switch::by).orElse(null))
                .bind("reason", position.flatMap(Switch::reason).orElse(null))
                .bind("intervalSeconds", orNull(change.intervalSeconds()))
                .bind("cron", change.cron().orElse(null))
                .bind("timeZone", change.timeZone().orElse(null))
                .bind("jitterSeconds", orNull(change.rules().jitterSeconds()))
                .bind("misfirePolicy", change.rules().misfirePolicy().orElse(null))
                .bind("misfireLimit", orNull(change.rules().misfireLimit()))
                .bind("overlapPolicy", change.rules().overlapPolicy().orElse(null))
                .map(ConstructorMapper.of(BackgroundWorker.class))
                .findOne());
  }

  /**
   * Gives one background worker the schedule of a profile.
   *
   * @return as {@link #apply}
   */
  public Optional<BackgroundWorker> applyProfile(
      String workerName, OptionalLong expected, ScheduleProfile profile) {
    return jdbi.inTransaction(
        handle ->
            applied(handle, workerName, expected, profile)
                ? BackgroundWorkers.findIn(handle, workerName)
                : Optional.empty());
  }

  private static boolean applied(
      Handle handle, String workerName, OptionalLong expected, ScheduleProfile profile) {
    return !handle
        .createQuery(PROFILE)
        .bind("workerName", workerName)
        .bind("version", version(expected))
        .bind("profile", profile.profile())
        .mapTo(String.class)
        .list()
        .isEmpty();
  }

  private static @Nullable Long version(OptionalLong expected) {
    return expected.isPresent() ? expected.getAsLong() : null;
  }

  private static @Nullable Integer orNull(OptionalInt number) {
    return number.isPresent() ? number.getAsInt() : null;
  }

  /**
   * The job of a "run now", whatever {@code enabled} says. Under any overlap policy a run in
   * progress is joined instead of doubled: its unique key is that of the schedule's runs.
   *
   * @throws dev.millrace.MillraceException when the worker has no kind
   */
  public static NewJob runNow(BackgroundWorker worker) {
    return worker.job(Trigger.MANUAL).withUniqueKey(worker.overlapKey());
  }
}
