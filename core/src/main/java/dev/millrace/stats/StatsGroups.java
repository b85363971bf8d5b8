package dev.millrace.stats;

import dev.millrace.db.Sql;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Reads the groups, and changes how they are run. What may be run at all is registered in SQL, by
 * who may create functions. Thread-safe.
 */
public final class StatsGroups {
  private static final String GROUPS = Sql.of(StatsGroups.class, "groups");
  private static final String FUNCTIONS = Sql.of(StatsGroups.class, "functions");
  private static final String CHANGE_GROUP = Sql.of(StatsGroups.class, "changeGroup");
  private static final String CHANGE_FUNCTION = Sql.of(StatsGroups.class, "changeFunction");

  private final Jdbi jdbi;

  public StatsGroups(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** All of them, by name. */
  public List<Group> all() {
    return jdbi.withHandle(handle -> groups(handle, null));
  }

  public Optional<Group> find(String group) {
    return jdbi.withHandle(handle -> groups(handle, group).stream().findFirst());
  }

  /**
   * A group of functions that are run together.
   *
   * @param tolerate how many functions may fail and the job still completes
   * @param debounceSeconds how long a post-match job waits for another call; 0: not at all
   * @param maxWaitSeconds no longer than this after the first
   */
  public record Group(
      String group,
      int tolerate,
      double debounceSeconds,
      double maxWaitSeconds,
      List<Function> functions) {
    public Group {
      functions = List.copyOf(functions);
    }

    /**
     * A registered function and its newest run.
     *
     * @param exists false: the function does not exist and cannot be run
     * @param last null: never run, or not kept any more
     */
    public record Function(
        String function,
        List<String> cacheTags,
        double timeLimitSeconds,
        boolean enabled,
        boolean exists,
        @Nullable Run last) {
      public Function {
        cacheTags = List.copyOf(cacheTags);
      }
    }

    /**
     * What came of a run.
     *
     * @param status {@code completed}, {@code failed} or {@code timed_out}
     * @param rows that it wrote
     */
    public record Run(
        String jobId,
        String status,
        Instant finishedAt,
        long durationMs,
        @Nullable Long rows,
        @Nullable String error) {}
  }

  /** What is to be different; an empty field stays as it is. */
  public record GroupChange(
      OptionalInt tolerate, Optional<Duration> debounce, Optional<Duration> maxWait) {}

  /**
   * Changes a group.
   *
   * @return false when there is no such group, or its longest wait would be shorter than its
   *     debounce
   */
  public boolean change(String group, GroupChange change) {
    return jdbi.withHandle(
            handle ->
                handle
                    .createUpdate(CHANGE_GROUP)
                    .bind("group", group)
                    .bind(
                        "tolerate",
                        change.tolerate().isPresent()
                            ? (Integer) change.tolerate().getAsInt()
                            : null)
                    .bind("debounceMillis", change.debounce().map(Duration::toMillis).orElse(null))
                    .bind("maxWaitMillis", change.maxWait().map(Duration::toMillis).orElse(null))
                    .execute())
        == 1;
  }

  /** As {@link GroupChange}. */
  public record FunctionChange(
      Optional<Boolean> enabled, Optional<Duration> timeLimit, Optional<List<String>> cacheTags) {}

  /** Changes a function under its registered name; false when there is none of it. */
  public boolean change(String group, String function, FunctionChange change) {
    return jdbi.withHandle(
            handle ->
                handle
                    .createUpdate(CHANGE_FUNCTION)
                    .bind("group", group)
                    .bind("function", function)
                    .bind("enabled", change.enabled().orElse(null))
                    .bind(
                        "timeLimitMillis", change.timeLimit().map(Duration::toMillis).orElse(null))
                    .bind(
                        "cacheTags",
                        change.cacheTags().map(tags -> tags.toArray(String[]::new)).orElse(null))
                    .execute())
        == 1;
  }

  private static List<Group> groups(Handle handle, @Nullable String group) {
    return handle
        .createQuery(GROUPS)
        .bind("group", group)
        .map(
            (row, context) ->
                new Group(
                    row.getString("group_name"),
                    row.getInt("tolerate"),
                    row.getDouble("debounce_seconds"),
                    row.getDouble("max_wait_seconds"),
                    functions(handle, row.getString("group_name"))))
        .list();
  }

  private static List<Group.Function> functions(Handle handle, String group) {
    return handle
        .createQuery(FUNCTIONS)
        .bind("group", group)
        .map(
            (row, context) ->
                new Group.Function(
                    row.getString("function_name"),
                    texts(row.getArray("cache_tags")),
                    row.getDouble("time_limit_seconds"),
                    row.getBoolean("enabled"),
                    row.getBoolean("present"),
                    run(row)))
        .list();
  }

  private static Group.@Nullable Run run(ResultSet row) throws SQLException {
    String jobId = row.getString("job_id");
    return jobId == null
        ? null
        : new Group.Run(
            jobId,
            row.getString("status"),
            row.getObject("finished_at", OffsetDateTime.class).toInstant(),
            row.getLong("duration_ms"),
            row.getObject("rows", Long.class),
            row.getString("error"));
  }

  static List<String> texts(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }
}
