package dev.millrace.drills.testbed;

import org.jdbi.v3.core.Jdbi;

/** What Postgres says of the drill's jobs, over a way that no drill disturbs. */
public final class JobRows {
  private final Jdbi jdbi;

  JobRows(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  private long number(String sql, Object... args) {
    return jdbi.withHandle(handle -> handle.select(sql, args).mapTo(Long.class).one());
  }

  /** How many jobs a process is running, as Postgres knows it. */
  public long processing(long pid) {
    return number(
        "SELECT count(*) FROM millrace.jobs j JOIN millrace.queue_workers w USING (worker_id)"
            + " WHERE j.state = 'processing' AND w.pid = ? AND w.lease_until > clock_timestamp()",
        pid);
  }

  /** How many jobs are running, as Postgres knows it. */
  public long processing() {
    return number(
        "SELECT count(*) FROM millrace.jobs WHERE state = 'processing' AND worker_id IS NOT NULL");
  }

  /** How many jobs could be running, and are not. */
  public long waiting() {
    return number("SELECT count(*) FROM millrace.jobs WHERE state = 'queued'");
  }

  /** How many effects have been committed; looks at none of the jobs. */
  public long effects() {
    return number("SELECT count(*) FROM drill.effects");
  }

  public long completed() {
    return number("SELECT count(*) FROM millrace.jobs WHERE state = 'completed'");
  }

  /** Has the planner and the statistics know the queue as it is, and nothing else under way. */
  public void settle() {
    jdbi.useHandle(handle -> handle.execute("VACUUM ANALYZE millrace.jobs"));
  }

  /** Deletes the jobs that no worker has begun; their hints in Redis are stale then. */
  public void removeQueued() {
    jdbi.useHandle(handle -> handle.execute("DELETE FROM millrace.jobs WHERE state = 'queued'"));
  }

  /**
   * What has been read of the jobs, by Postgres' own count.
   *
   * @param rows of the table, and entries of its indexes, those of rows that are gone included
   * @param scans of the whole table
   */
  public record Reads(long rows, long scans) {
    public Reads minus(Reads before) {
      return new Reads(rows - before.rows, scans - before.scans);
    }
  }

  /** The count as it was at most a second ago; this question itself is not in it. */
  public Reads reads() {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT seq_tup_read + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes i"
                        + " WHERE i.relid = t.relid), seq_scan FROM pg_stat_user_tables t"
                        + " WHERE relid = 'millrace.jobs'::regclass")
                .map((row, context) -> new Reads(row.getLong(1), row.getLong(2)))
                .one());
  }
}
