package dev.millrace.queue;

import dev.millrace.db.RefusedException;
import dev.millrace.db.Sql;
import dev.millrace.job.Enqueued;
import dev.millrace.job.JobOptions;
import dev.millrace.job.NewJob;
import dev.millrace.json.Json;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementException;
import org.jspecify.annotations.Nullable;

/**
 * Enqueues a job that has more to it than the plain insert knows: through the SQL function that
 * everyone may call.
 */
final class OptionsInsert {
  /** Invalid parameter: what the function raises. */
  private static final Set<String> REFUSALS = Set.of("22023");

  private static final String ENQUEUE = Sql.of(OptionsInsert.class, "enqueue");

  private OptionsInsert() {}

  /**
   * Inserts a job, or finds the one that has its unique key.
   *
   * @throws RefusedException when the function refuses it
   */
  static Enqueued insert(Handle handle, NewJob job, @Nullable Long parentId) {
    try {
      return query(handle, job, parentId)
          .map((row, context) -> new Enqueued(row.getLong("job_id"), row.getBoolean("created")))
          .one();
    } catch (StatementException e) {
      Optional<RefusedException> refusal = RefusedException.of(e, REFUSALS);
      if (refusal.isPresent()) {
        throw refusal.get();
      }
      throw e;
    }
  }

  private static Query query(Handle handle, NewJob job, @Nullable Long parentId) {
    JobOptions options = job.options();
    return handle
        .createQuery(ENQUEUE)
        .bind("kind", job.kind())
        .bind("payload", job.payload())
        .bind("queue", job.queue())
        .bind("priority", job.priority())
        .bind("delayMillis", job.delay().toMillis())
        .bind("uniqueKey", job.uniqueKey().orElse(null))
        .bind("lockKey", job.lockKey().orElse(null))
        .bind("onBusy", options.onBusy().name().toLowerCase(Locale.ROOT))
        .bind("limitKey", options.limit().map(JobOptions.Limit::key).orElse(null))
        .bind("limitMax", options.limit().map(JobOptions.Limit::most).orElse(null))
        .bind("maxAttempts", number(job.maxAttempts()))
        .bind(
            "debounceMillis",
            options.debounce().map(debounce -> debounce.window().toMillis()).orElse(null))
        .bind(
            "maxWaitMillis",
            options.debounce().map(debounce -> debounce.maxWait().toMillis()).orElse(null))
        .bind("leading", options.debounce().map(JobOptions.Debounce::leading).orElse(false))
        .bind("throttleMillis", options.throttle().map(Duration::toMillis).orElse(null))
        .bind(
            "merge",
            options
                .debounce()
                .map(JobOptions.Debounce::merge)
                .orElse(JobOptions.Merge.REPLACE)
                .name()
                .toLowerCase(Locale.ROOT))
        .bind("startBy", options.startBy().orElse(null))
        .bind("finishBy", options.finishBy().orElse(null))
        .bind("runTimeoutMillis", options.runTimeout().map(Duration::toMillis).orElse(null))
        .bind("callback", options.callback().map(OptionsInsert::callback).orElse(null))
        .bind("trigger", job.trigger().text())
        .bind("backgroundWorker", job.backgroundWorker().orElse(null))
        .bind("parentId", parentId);
  }

  private static @Nullable Integer number(OptionalInt number) {
    return number.isPresent() ? number.getAsInt() : null;
  }

  /** A callback is kept as the few fields that a plain job has. */
  static String callback(NewJob job) {
    var fields =
        Json.mapper()
            .createObjectNode()
            .put("kind", job.kind())
            .put("queue", job.queue())
            .put("priority", job.priority());
    fields.set("payload", Json.tree(job.payload()));
    return fields.toString();
  }
}
