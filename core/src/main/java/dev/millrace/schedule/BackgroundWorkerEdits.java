package dev.millrace.schedule;

import dev.millrace.db.Sql;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** What an admin may do to a background worker. Thread-safe. */
public final class BackgroundWorkerEdits {
  private static final String UPDATE = Sql.of(BackgroundWorkerEdits.class, "update");

  private final Jdbi jdbi;

  public BackgroundWorkerEdits(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * What is to be different; an empty field stays as it is.
   *
   * @param intervalSeconds at least 1; replaces a cron expression
   */
  public record Change(Optional<Boolean> enabled, OptionalInt intervalSeconds) {
    public Change {
      if (intervalSeconds.isPresent() && intervalSeconds.getAsInt() < 1) {
        throw new IllegalArgumentException(
            "interval_seconds must be >= 1, was " + intervalSeconds.getAsInt());
      }
    }
  }

  /**
   * Changes the configuration of one background worker. From then on a new interval is the admin's:
   * no release changes it.
   *
   * @param expected the version the change was made from; empty: whatever it is
   * @return the row as it is then; empty when there is no such worker or its version is another
   */
  public Optional<BackgroundWorker> apply(String workerName, OptionalLong expected, Change change) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(UPDATE)
                .bind("workerName", workerName)
                .bind("version", expected.isPresent() ? expected.getAsLong() : null)
                .bind("enabled", change.enabled().orElse(null))
                .bind(
                    "intervalSeconds",
                    change.intervalSeconds().isPresent()
                        ? change.intervalSeconds().getAsInt()
                        : null)
                .map(ConstructorMapper.of(BackgroundWorker.class))
                .findOne());
  }

  /**
   * The job of a "run now", whatever {@code enabled} says. It shares its unique key with the runs
   * of the schedule, so that an automatic run in progress is joined instead of doubled.
   *
   * @throws IllegalArgumentException when the worker has no kind
   */
  public static NewJob runNow(BackgroundWorker worker) {
    if (worker.kind() == null) {
      throw new IllegalArgumentException(worker.workerName() + " has no kind: nothing to run");
    }
    return NewJob.of(worker.kind(), worker.payload())
        .inQueue(worker.queue())
        .withPriority(worker.priority())
        .withUniqueKey(uniqueKey(worker.workerName()))
        .forBackgroundWorker(worker.workerName())
        .triggeredBy(Trigger.MANUAL);
  }

  /** What at most one unfinished run of a background worker holds. */
  public static String uniqueKey(String workerName) {
    return "worker:" + workerName;
  }
}
