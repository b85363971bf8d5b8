package dev.millrace.sync.job;

import dev.millrace.job.JobContext;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.supplier.ItemSink;
import dev.millrace.sheet.supplier.RowProblem;
import dev.millrace.sheet.supplier.SupplierItem;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Loads the rows of a sheet into its staging table, in fenced transactions of bounded size. Rows
 * that an earlier attempt has loaded are passed over. For one thread.
 */
final class StagedRows implements ItemSink {
  /** How many rows one transaction loads. */
  static final int BATCH = 10_000;

  private static final char NUL = '\0';
  private static final char REPLACEMENT = '\uFFFD';

  private final Staging staging;
  private final JobContext context;
  private final int behind;
  private final CopyText items = new CopyText();
  private final CopyText problems = new CopyText();
  private boolean open;
  private int waiting;
  private long seen;

  /**
   * Finds what an earlier attempt has loaded. Without one, the table is created when the first rows
   * are loaded: all of a sheet of one batch is done in one transaction.
   *
   * @param begun whether an earlier attempt has committed anything
   */
  StagedRows(Staging staging, JobContext context, boolean begun) {
    this.staging = staging;
    this.context = context;
    this.open = begun;
    this.behind = begun ? context.inTransaction(staging::open) : 0;
    if (behind > 0) {
      context.log("goes on behind row " + behind + ", which an earlier attempt has loaded");
    }
  }

  @Override
  public void item(SupplierItem item) {
    if (item.row() > behind) {
      items
          .field(item.row())
          .field(item.sku())
          .field(item.name())
          .field(item.price().toPlainString())
          .field(item.currency())
          .field(item.quantity())
          .endRow();
      added();
    }
  }

  @Override
  public void problem(RowProblem problem, Optional<String> sku, boolean maybeItem) {
    if (problem.row() > behind) {
      problems
          .field(problem.row())
          .field(problem.type())
          .field(problem.reason().replace(NUL, REPLACEMENT))
          .field(problem.column())
          .field(problem.value())
          .field(problem.code())
          .field(sku.orElse(null))
          .field(maybeItem)
          .endRow();
      added();
    }
  }

  private void added() {
    SheetException.ifInterrupted();
    seen++;
    if (++waiting == BATCH) {
      context.progress(seen, 0, "loading rows");
      boolean unused =
          context.inTransaction(
              handle -> {
                flush(handle);
                return true;
              });
    }
  }

  /** Loads the rows that wait, in the caller's transaction, after which the table has all rows. */
  void finish(Handle handle) throws SQLException {
    flush(handle);
    staging.analyze(handle);
  }

  private void flush(Handle handle) throws SQLException {
    if (!open) {
      staging.create(handle);
      open = true;
    }
    if (waiting > 0) {
      staging.append(handle, items, problems);
      items.clear();
      problems.clear();
      waiting = 0;
    }
  }
}
