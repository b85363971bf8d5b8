package dev.millrace.sync.job;

import dev.millrace.db.Sql;
import dev.millrace.json.Json;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/**
 * A table of one job's own that its sheet is loaded into, in many transactions, before its items
 * are switched in one. It is not logged: a crash of Postgres empties it, and the load begins again.
 * Each method works in the caller's transaction.
 *
 * @param job the job that loads
 * @param supplier whose sheet it is
 * @param sha256 of the sheet
 */
record Staging(long job, String supplier, String sha256) {
  private static final String CREATE = Sql.of(Staging.class, "create");
  private static final String BEGIN = Sql.of(Staging.class, "begin");
  private static final String LOCK = Sql.of(Staging.class, "lock");
  private static final String BEHIND = Sql.of(Staging.class, "behind");
  private static final String COPY_ITEMS = Sql.of(Staging.class, "copyItems");
  private static final String COPY_PROBLEMS = Sql.of(Staging.class, "copyProblems");
  private static final String LEFT = Sql.of(Staging.class, "left");
  private static final String KNOWN = Sql.of(Staging.class, "known");
  private static final String DROP = Sql.of(Staging.class, "drop");
  private static final String ANALYZE = Sql.of(Staging.class, "analyze");
  private static final String END = Sql.of(Staging.class, "end");

  /** A query that names {@code millrace.sync_staging_JOB}, for this job. */
  Query query(Handle handle, String statement) {
    return StagingSql.of(job, handle.createQuery(statement));
  }

  /** Any other such statement. */
  Update update(Handle handle, String statement) {
    return StagingSql.of(job, handle.createUpdate(statement));
  }

  /**
   * Finds what an earlier attempt has loaded of the same sheet, or creates the table.
   *
   * @return the last row of the sheet that is loaded; 0: none
   */
  int open(Handle handle) {
    if (loaded(handle).filter(sha256::equals).isPresent()) {
      return query(handle, BEHIND).mapTo(Integer.class).one();
    }
    create(handle);
    return 0;
  }

  /** Creates the table, in place of one that an earlier attempt has created. */
  void create(Handle handle) {
    handle
        .createUpdate(BEGIN)
        .bind("job", job)
        .bind("supplier", supplier)
        .bind("sha256", sha256)
        .execute();
    drop(handle, job);
    update(handle, CREATE).execute();
  }

  /** The sheet that the table has rows of; locks it until the transaction ends. */
  private Optional<String> loaded(Handle handle) {
    return handle.createQuery(LOCK).bind("job", job).mapTo(String.class).findOne();
  }

  /**
   * Adds rows in the text format of COPY.
   *
   * @throws IllegalStateException if the table was dropped because the job has ended
   */
  void append(Handle handle, CopyText items, CopyText problems) throws SQLException {
    if (loaded(handle).filter(sha256::equals).isEmpty()) {
      throw new IllegalStateException("the staging table of job " + job + " was dropped");
    }
    CopyManager copy = handle.getConnection().unwrap(PGConnection.class).getCopyAPI();
    copy(copy, COPY_ITEMS, items);
    copy(copy, COPY_PROBLEMS, problems);
  }

  private void copy(CopyManager copy, String statement, CopyText rows) throws SQLException {
    if (rows.length() > 0) {
      CopyIn load = copy.copyIn(StagingSql.text(job, statement));
      try {
        load.writeToCopy(rows.bytes(), 0, rows.length());
        load.endCopy();
      } finally {
        if (load.isActive()) {
          load.cancelCopy();
        }
      }
    }
  }

  /** Has the planner learn what the table holds. */
  void analyze(Handle handle) {
    update(handle, ANALYZE).execute();
  }

  /** Drops the table and stores the job's result, which a later attempt answers. */
  void end(Handle handle, SyncSupplier.Result result) {
    end(handle, job, supplier, result);
  }

  /** The same for a job that may have no table. */
  static void end(Handle handle, long job, String supplier, SyncSupplier.Result result) {
    drop(handle, job);
    handle
        .createUpdate(END)
        .bind("job", job)
        .bind("supplier", supplier)
        .bind("result", Json.write(result))
        .execute();
  }

  /**
   * What earlier attempts of a job have committed.
   *
   * @param result which the job answers if it is repeated; null: it has not come to its end
   */
  record Begun(SyncSupplier.@Nullable Result result) {
    private static Begun of(@Nullable String json) {
      return new Begun(json == null ? null : Json.read(json, SyncSupplier.Result.class));
    }
  }

  /** What earlier attempts of a job have committed; empty: nothing. */
  static Optional<Begun> begun(Handle handle, long job) {
    return handle
        .createQuery(KNOWN)
        .bind("job", job)
        .map((row, context) -> Begun.of(row.getString("result")))
        .findOne();
  }

  /** Removes what jobs have left that were cancelled or have failed, and results of ended jobs. */
  static void removeLeft(Handle handle) {
    handle.createQuery(LEFT).mapTo(Long.class).list().forEach(job -> drop(handle, job));
  }

  private static void drop(Handle handle, long job) {
    StagingSql.of(job, handle.createUpdate(DROP)).execute();
  }
}
