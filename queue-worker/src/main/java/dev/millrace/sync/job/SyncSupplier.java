package dev.millrace.sync.job;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import dev.millrace.job.RetryAfterException;
import dev.millrace.job.UnretryableException;
import dev.millrace.sheet.SheetBusyException;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetLimits;
import dev.millrace.sheet.SheetSources;
import dev.millrace.sheet.SourcePolicy;
import dev.millrace.sheet.supplier.RowProblem;
import dev.millrace.sheet.supplier.SupplierSheet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Makes the items of one supplier equal to its sheet. */
public final class SyncSupplier implements JobHandler<SyncSupplier.Payload> {
  /** The payload: whose sheet. */
  public record Payload(String supplierId) {}

  public static final JobKind<Payload> KIND =
      JobKind.of("sync.supplier", Payload.class).withTimeout(Duration.ofMinutes(5));

  private final Jdbi jdbi;
  private final SyncSettings settings;

  /**
   * Makes the handler.
   *
   * @param settings the master sheet decides which sources its suppliers may name; see {@link
   *     SourcePolicy#trusting}
   */
  public SyncSupplier(Jdbi jdbi, SyncSettings settings) {
    this.jdbi = jdbi;
    this.settings = settings;
  }

  @Override
  public JobKind<Payload> kind() {
    return KIND;
  }

  /**
   * The result of the job.
   *
   * @param outcome a {@link SheetErrorType}
   * @param items how many items the supplier has now
   * @param problems how many rows were left out
   */
  public record Result(
      String supplier, SheetErrorType outcome, int items, int problems, String message) {}

  @Override
  public Outcome run(Payload payload, JobContext context) {
    String id = payload.supplierId();
    SyncStore.Supplier supplier =
        jdbi.withHandle(handle -> SyncStore.supplier(handle, id))
            .orElseThrow(() -> new UnretryableException("there is no supplier " + id));
    Optional<Outcome> paused = SheetServer.paused(supplier.sheetUrl(), supplier.name(), context);
    if (paused.isPresent()) {
      return paused.get();
    }
    context.progress(0, 1, "reading the sheet of " + supplier.name());
    SourcePolicy policy =
        settings.masterSheet().map(SourcePolicy::trusting).orElse(SourcePolicy.STRICT);
    try (SheetSources sources = SheetSources.of(policy, SheetLimits.DEFAULT)) {
      SupplierSheet sheet =
          SupplierSheet.parse(sources.read(supplier.sheetUrl()), supplier.currency());
      context.checkStop();
      return Outcome.done(store(id, supplier, sheet, context));
    } catch (SheetBusyException e) {
      return SheetTurn.later(supplier.name(), context);
    } catch (SheetException e) {
      context.checkStop();
      Optional<Duration> asked =
          SheetServer.retryLater(e, supplier.sheetUrl(), settings.maxRetryAfter(), context);
      if (e.type().mayPassByItself() && context.attempt() < context.maxAttempts()) {
        throw new RetryAfterException(
            supplier.name() + ": " + e.getMessage(),
            asked.orElse(Duration.ofSeconds(context.attempt())));
      }
      return Outcome.done(refuse(id, supplier, e, context));
    }
  }

  private Result store(
      String id, SyncStore.Supplier supplier, SupplierSheet sheet, JobContext context) {
    return context.inTransaction(
        handle -> {
          Summary summary = write(handle, id, sheet, context.jobId());
          SyncStore.log(
              handle,
              id,
              LogLine.of(sheet.problems(), summary.outcome(), summary.message()),
              context.jobId());
          return new Result(
              supplier.name(),
              summary.outcome(),
              summary.items(),
              sheet.problems().size(),
              summary.message());
        });
  }

  private record Summary(SheetErrorType outcome, int items, String message) {}

  private Summary write(Handle handle, String id, SupplierSheet sheet, long jobId) {
    int items = sheet.items().size();
    String leftOut = items + " items, " + leftOut(sheet);
    if (sheet.outcome() != SheetErrorType.SUCCESS) {
      return new Summary(sheet.outcome(), 0, leftOut);
    }
    ItemStore.Replaced replaced =
        ItemStore.replace(handle, id, sheet, settings.maxLostPercent(), jobId);
    if (replaced.refused()) {
      return new Summary(
          SheetErrorType.ITEMS_MISSING,
          0,
          "%d of %d items are missing from the sheet or cannot be read, SYNC_MAX_LOST_PERCENT allows %d %%: nothing was changed; the sheet has %s"
              .formatted(replaced.lost(), replaced.before(), settings.maxLostPercent(), leftOut));
    }
    SyncStore.synced(handle, id);
    String kept =
        replaced.kept() == 0
            ? ""
            : ", %d items kept that are in no readable row".formatted(replaced.kept());
    return new Summary(SheetErrorType.SUCCESS, items, leftOut + kept);
  }

  private static String leftOut(SupplierSheet sheet) {
    List<RowProblem> problems = sheet.problems();
    return problems.isEmpty()
        ? "0 rows left out"
        : "%d rows left out (the first is row %d: %s)"
            .formatted(problems.size(), problems.get(0).row(), problems.get(0).reason());
  }

  /** The sheet cannot be used now; the supplier keeps its items. */
  private static Result refuse(
      String id, SyncStore.Supplier supplier, SheetException e, JobContext context) {
    String message = String.valueOf(e.getMessage());
    context.warn(supplier.name() + ": " + e.type() + ": " + message);
    return context.inTransaction(
        handle -> {
          SyncStore.log(handle, id, List.of(LogLine.of(e.type(), message)), context.jobId());
          return new Result(supplier.name(), e.type(), 0, 0, message);
        });
  }
}
