package dev.millrace.app.demo;

import dev.millrace.db.Sql;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * The rows in the tables after a run.
 *
 * @param stats empty: no stats job has run
 * @param jobs how many in each state, unfinished states first
 */
record DemoCounts(
    Suppliers suppliers,
    long items,
    List<View> views,
    Optional<Stats> stats,
    Map<String, Long> jobs) {
  private static final String SUPPLIERS = Sql.of(DemoCounts.class, "suppliers");
  private static final String ITEMS = Sql.of(DemoCounts.class, "items");
  private static final String VIEWS = Sql.of(DemoCounts.class, "views");
  private static final String STATS = Sql.of(DemoCounts.class, "stats");
  private static final String JOBS = Sql.of(DemoCounts.class, "jobs");

  DemoCounts {
    views = List.copyOf(views);
  }

  /** Suppliers by the status of their newest log row. */
  record Suppliers(long ok, long failed) {}

  /**
   * The newest refresh of a view.
   *
   * @param rows null when they are not counted
   */
  record View(String name, boolean ok, @Nullable Long rows, Duration duration) {}

  /**
   * The newest stats job.
   *
   * @param rows that its functions wrote
   */
  record Stats(long completed, long functions, long rows, String slowest, long slowestMs) {}

  static DemoCounts of(Jdbi jdbi) {
    return jdbi.inTransaction(
        handle ->
            new DemoCounts(
                handle
                    .createQuery(SUPPLIERS)
                    .map((row, context) -> new Suppliers(row.getLong("ok"), row.getLong("failed")))
                    .one(),
                handle.createQuery(ITEMS).mapTo(Long.class).one(),
                views(handle),
                handle.createQuery(STATS).map(ConstructorMapper.of(Stats.class)).findOne(),
                jobs(handle)));
  }

  private static List<View> views(Handle handle) {
    return handle
        .createQuery(VIEWS)
        .map(
            (row, context) ->
                new View(
                    row.getString("view_name"),
                    "success".equals(row.getString("status")),
                    row.getObject("rows", Long.class),
                    Duration.ofMillis(row.getLong("duration_ms"))))
        .list();
  }

  private static Map<String, Long> jobs(Handle handle) {
    Map<String, Long> counts = new LinkedHashMap<>();
    handle
        .createQuery(JOBS)
        .map((row, context) -> Map.entry(row.getString("state"), row.getLong("n")))
        .forEach(count -> counts.put(count.getKey(), count.getValue()));
    return counts;
  }
}
