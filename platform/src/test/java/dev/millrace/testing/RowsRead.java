package dev.millrace.testing;

import dev.millrace.db.Database;
import org.jdbi.v3.core.Jdbi;

/**
 * How many rows of a table the statements of a piece of work read, by Postgres' own count: those of
 * scans of the whole table and the entries of its indexes. For a pool of one connection.
 */
public final class RowsRead {
  private static final String SO_FAR =
      "SELECT seq_tup_read + (SELECT coalesce(sum(idx_tup_read), 0) FROM pg_stat_user_indexes i WHERE i.relid = t.relid)"
          + " FROM pg_stat_user_tables t WHERE t.relid = ?::regclass";

  private final Jdbi jdbi;

  /**
   * A counter.
   *
   * @param database whose only connection the work uses
   */
  public RowsRead(Database database) {
    this.jdbi = database.jdbi();
  }

  /**
   * Does the work and counts.
   *
   * @param table with its schema
   */
  public long of(String table, Runnable work) {
    long before = soFar(table);
    work.run();
    return soFar(table) - before;
  }

  private long soFar(String table) {
    return jdbi.withHandle(
        handle -> {
          handle.execute("SELECT pg_stat_force_next_flush()");
          handle.execute("SELECT pg_stat_clear_snapshot()");
          return handle.select(SO_FAR, table).mapTo(Long.class).one();
        });
  }
}
