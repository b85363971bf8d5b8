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
   * The job of a "run now", whatever {@code enabled} says. Under any overlap policy a run in
   * progress is joined instead of doubled: its unique key is that of the schedule's runs.
   *
   * @throws dev.millrace.MillraceException when the worker has no kind
   */
  public static NewJob runNow(BackgroundWorker worker) {
    return worker.job(Trigger.MANUAL).withUniqueKey(worker.overlapKey());
  }
}
