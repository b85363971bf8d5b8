package dev.millrace.job.read;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.statement.SqlStatement;

/** The conditions of a filter as SQL, and the values of their parameters. */
final class JobConditions {
  private final StringBuilder sql = new StringBuilder("id < :before");
  private final Map<String, Object> values = new LinkedHashMap<>();

  private JobConditions() {}

  static JobConditions of(JobFilter filter) {
    JobConditions found = new JobConditions();
    filter.state().ifPresent(state -> found.sql.append(" AND state = '" + state.text() + "'"));
    filter.kind().ifPresent(kind -> found.add("kind = :kind", "kind", kind));
    filter.queue().ifPresent(queue -> found.add("queue = :queue", "queue", queue));
    Narrowing more = filter.more();
    more.worker()
        .ifPresent(
            worker ->
                found.add(
                    "(worker_id = :worker OR starts_with(worker_id, :worker || '.'))",
                    "worker",
                    worker));
    more.parent().ifPresent(parent -> found.add("parent_id = :parent", "parent", parent));
    more.key().ifPresent(key -> found.add("(unique_key = :key OR lock_key = :key)", "key", key));
    more.error()
        .ifPresent(error -> found.add("strpos(lower(error), lower(:error)) > 0", "error", error));
    more.since().ifPresent(since -> found.add("created_at >= :since", "since", since));
    more.until().ifPresent(until -> found.add("created_at < :until", "until", until));
    // the last, because a large payload is stored apart and has to be fetched
    more.payload()
        .ifPresent(
            field -> {
              found.add(
                  field.value().isPresent()
                      ? "payload #>> :path = :value"
                      : "payload #> :path IS NOT NULL",
                  "path",
                  field.path().toArray(String[]::new));
              field.value().ifPresent(value -> found.values.put("value", value));
            });
    return found;
  }

  private void add(String condition, String name, Object value) {
    sql.append(" AND ").append(condition);
    values.put(name, value);
  }

  String sql() {
    return sql.toString();
  }

  /** Binds all values but {@code before}. */
  void bindTo(SqlStatement<?> statement) {
    values.forEach(statement::bind);
  }
}
