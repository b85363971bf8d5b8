package dev.millrace.db;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * The rows of a workload that comes with Millrace and belongs to no migration: its background
 * worker, its views where they exist, its stats functions. Each stands in {@code sql/seed}.
 */
public enum Seed {
  /** {@code inventory_mv_refresh} and the two counters of a parts inventory. */
  INVENTORY,
  /** {@code master_sync}. */
  SYNC,
  /** {@code wip_views_refresh} and the views over a factory's work in process. */
  WIP,
  /** {@code feed_mv_refresh} and the feed of a community. */
  FEED,
  /** {@code stats_update} and the ten functions of a football league. */
  STATS;

  private static final String REMEMBER =
      "INSERT INTO millrace.seeded (seed) VALUES (?) ON CONFLICT DO NOTHING";

  private final String sql = Sql.of("dev.millrace.sql.seed." + name().toLowerCase(Locale.ROOT));

  /**
   * Adds what is missing in the handle's transaction. What exists stays as it is, also where an
   * admin changed it.
   *
   * @return what was added, such as {@code background worker master_sync}; empty: nothing
   */
  public List<String> addTo(Handle handle) {
    handle.execute(REMEMBER, name());
    return handle.createQuery(sql).mapTo(String.class).list();
  }

  /**
   * Adds again what is missing of the workloads that were added before.
   *
   * @return as {@link #addTo}
   */
  public static List<String> addMissing(Handle handle) {
    Set<String> added = handle.select("SELECT seed FROM millrace.seeded").mapTo(String.class).set();
    return Stream.of(values())
        .filter(seed -> added.contains(seed.name()))
        .flatMap(seed -> seed.addTo(handle).stream())
        .toList();
  }

  /** Adds all of them: see {@link #addTo}. */
  public static List<String> addAll(Handle handle) {
    return Stream.of(values()).flatMap(seed -> seed.addTo(handle).stream()).toList();
  }
}
