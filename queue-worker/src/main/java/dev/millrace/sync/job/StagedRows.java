package dev.millrace.sync.job;

import dev.millrace.job.JobContext;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.supplier.ItemSink;
import dev.millrace.sheet.supplier.RowProblem;
import dev.millrace.sheet.supplier.SupplierItem;
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
  private int waiting;
  private long seen;

  /** Opens the staging table. */
  StagedRows(Staging staging, JobContext context) {
    this.staging = staging;
    this.context = context;
    this.behind = context.inTransaction(staging::open);
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

  /** Loads the rows that wait, in the caller's transaction. */
  void flush(Handle handle) throws Exception {
    if (waiting > 0) {
      staging.append(handle, items, problems);
      items.clear();
      problems.clear();
      waiting = 0;
    }
  }
}
