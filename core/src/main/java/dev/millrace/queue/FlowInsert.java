package dev.millrace.queue;

import dev.millrace.db.Sql;
import dev.millrace.job.Enqueued;
import dev.millrace.job.Flow;
import dev.millrace.job.NewJob;
import dev.millrace.json.Json;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/**
 * Enqueues a job that has more to it than the plain insert knows: through the SQL function that
 * everyone may call.
 */
final class FlowInsert {
  /** invalid_parameter_value: what the function raises. */
  private static final String REFUSED = "22023";

  /** The first line: a field and what is wrong with it. */
  private static final Pattern SAID = Pattern.compile("^(?:ERROR: )?(([^\\s:]+): [^\\n]*)");

  private static final String ENQUEUE = Sql.of(FlowInsert.class, "enqueue");

  private FlowInsert() {}

  /**
   * Inserts a job, or finds the one that has its unique key.
   *
   * @throws RefusedJobException when the function refuses it
   */
  static Enqueued insert(Handle handle, NewJob job, @Nullable Long parentId) {
    try {
      return query(handle, job, parentId)
          .map((row, context) -> new Enqueued(row.getLong("job_id"), row.getBoolean("created")))
          .one();
    } catch (UnableToExecuteStatementException e) {
      if (e.getCause() instanceof SQLException refusal && REFUSED.equals(refusal.getSQLState())) {
        Matcher said = SAID.matcher(String.valueOf(refusal.getMessage()));
        if (said.find()) {
          throw new RefusedJobException(said.group(2), said.group(1), e);
        }
      }
      throw e;
    }
  }

  private static Query query(Handle handle, NewJob job, @Nullable Long parentId) {
    Flow flow = job.flow();
    return handle
        .createQuery(ENQUEUE)
        .bind("kind", job.kind())
        .bind("payload", job.payload())
        .bind("queue", job.queue())
        .bind("priority", job.priority())
        .bind("delayMillis", job.delay().toMillis())
        .bind("uniqueKey", job.uniqueKey().orElse(null))
        .bind("lockKey", job.lockKey().orElse(null))
        .bind("onBusy", flow.onBusy().name().toLowerCase(Locale.ROOT))
        .bind("limitKey", flow.limit().map(Flow.Limit::key).orElse(null))
        .bind("limitMax", flow.limit().map(Flow.Limit::most).orElse(null))
        .bind("maxAttempts", number(job.maxAttempts()))
        .bind(
            "debounceMillis",
            flow.debounce().map(debounce -> debounce.window().toMillis()).orElse(null))
        .bind(
            "maxWaitMillis",
            flow.debounce().map(debounce -> debounce.maxWait().toMillis()).orElse(null))
        .bind("leading", flow.debounce().map(Flow.Debounce::leading).orElse(false))
        .bind("throttleMillis", flow.throttle().map(Duration::toMillis).orElse(null))
        .bind(
            "merge",
            flow.debounce()
                .map(Flow.Debounce::merge)
                .orElse(Flow.Merge.REPLACE)
                .name()
                .toLowerCase(Locale.ROOT))
        .bind("startBy", flow.startBy().orElse(null))
        .bind("finishBy", flow.finishBy().orElse(null))
        .bind("runTimeoutMillis", flow.runTimeout().map(Duration::toMillis).orElse(null))
        .bind("callback", flow.callback().map(FlowInsert::callback).orElse(null))
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
