package dev.millrace.sync.job;

import dev.millrace.db.Sql;
import dev.millrace.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.postgresql.PGConnection;
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
  private static final String RESULT = Sql.of(Staging.class, "result");
  private static final String END = Sql.of(Staging.class, "end");

  /** A statement that names {@code millrace.sync_staging_JOB}, for this job. */
  String sql(String statement) {
    return statement.replace("sync_staging_JOB", "sync_staging_" + job);
  }

  /**
   * Creates the table, or finds what an earlier attempt has loaded of the same sheet.
   *
   * @return the last row of the sheet that is loaded; 0: none
   */
  int open(Handle handle) {
    if (loaded(handle).filter(sha256::equals).isPresent()) {
      return handle.createQuery(sql(BEHIND)).mapTo(Integer.class).one();
    }
    handle
        .createUpdate(BEGIN)
        .bind("job", job)
        .bind("supplier", supplier)
        .bind("sha256", sha256)
        .execute();
    drop(handle, job);
    execute(handle, sql(CREATE));
    return 0;
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
  void append(Handle handle, CopyText items, CopyText problems) throws SQLException, IOException {
    if (loaded(handle).filter(sha256::equals).isEmpty()) {
      throw new IllegalStateException("the staging table of job " + job + " was dropped");
    }
    CopyManager copy = handle.getConnection().unwrap(PGConnection.class).getCopyAPI();
    copy(copy, COPY_ITEMS, items);
    copy(copy, COPY_PROBLEMS, problems);
  }

  private void copy(CopyManager copy, String statement, CopyText rows)
      throws SQLException, IOException {
    if (rows.length() > 0) {
      long unused =
          copy.copyIn(sql(statement), new ByteArrayInputStream(rows.bytes(), 0, rows.length()));
    }
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

  /** The result that an earlier attempt of a job has committed. */
  static Optional<SyncSupplier.Result> result(Handle handle, long job) {
    return handle
        .createQuery(RESULT)
        .bind("job", job)
        .mapTo(String.class)
        .findOne()
        .map(json -> Json.read(json, SyncSupplier.Result.class));
  }

  /** Removes what jobs have left that were cancelled or have failed, and results of ended jobs. */
  static void removeLeft(Handle handle) {
    handle.createQuery(LEFT).mapTo(Long.class).list().forEach(job -> drop(handle, job));
  }

  private static void drop(Handle handle, long job) {
    execute(handle, "DROP TABLE IF EXISTS millrace.sync_staging_" + job);
  }

  static void execute(Handle handle, String statement) {
    int unused = handle.execute(statement);
  }
}
