package dev.millrace.sync.job;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import dev.millrace.job.RetryAfterException;
import dev.millrace.job.UnretryableException;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetLimits;
import dev.millrace.sheet.SheetSources;
import dev.millrace.sheet.SourcePolicy;
import dev.millrace.sheet.supplier.SupplierSheet;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Makes one supplier's items what its sheet says. */
public final class SyncSupplier implements JobHandler<SyncSupplier.Payload> {
  /** Whose sheet. */
  public record Payload(UUID supplierId) {}

  public static final JobKind<Payload> KIND =
      JobKind.of("sync.supplier", Payload.class).withTimeout(Duration.ofMinutes(5));

  private final Jdbi jdbi;
  private final SourcePolicy policy;

  /**
   * Makes the handler.
   *
   * @param masterSheet decides which sources its suppliers may name; see {@link
   *     SourcePolicy#trusting}
   */
  public SyncSupplier(Jdbi jdbi, Optional<URI> masterSheet) {
    this.jdbi = jdbi;
    this.policy = masterSheet.map(SourcePolicy::trusting).orElse(SourcePolicy.STRICT);
  }

  @Override
  public JobKind<Payload> kind() {
    return KIND;
  }

  /**
   * What the job says.
   *
   * @param outcome of {@link SheetErrorType}
   * @param items that the supplier has now because of this run
   * @param problems rows that are not among them
   */
  public record Result(
      String supplier, SheetErrorType outcome, int items, int problems, String message) {}

  @Override
  public Outcome run(Payload payload, JobContext context) {
    UUID id = payload.supplierId();
    SyncStore.Supplier supplier =
        jdbi.withHandle(handle -> SyncStore.supplier(handle, id))
            .orElseThrow(() -> new UnretryableException("there is no supplier " + id));
    context.progress(0, 1, "reading the sheet of " + supplier.name());
    try (SheetSources sources = SheetSources.of(policy, SheetLimits.DEFAULT)) {
      SupplierSheet sheet =
          SupplierSheet.parse(sources.read(supplier.sheetUrl()), supplier.currency());
      context.checkStop();
      return Outcome.done(store(id, supplier, sheet, context));
    } catch (SheetException e) {
      if (e.type().mayPassByItself() && context.attempt() < context.maxAttempts()) {
        throw new RetryAfterException(
            supplier.name() + ": " + e.getMessage(), Duration.ofSeconds(context.attempt()));
      }
      return Outcome.done(refuse(id, supplier, e, context));
    }
  }

  private static Result store(
      UUID id, SyncStore.Supplier supplier, SupplierSheet sheet, JobContext context) {
    int items = sheet.items().size();
    int problems = sheet.problems().size();
    String summary = "%d items, %d rows left out".formatted(items, problems);
    SheetErrorType outcome = sheet.outcome();
    return context.inTransaction(
        handle -> {
          if (outcome == SheetErrorType.SUCCESS) {
            SyncStore.replaceItems(handle, id, sheet.items(), context.jobId());
          }
          SyncStore.log(
              handle, id, LogLine.of(sheet.problems(), outcome, summary), context.jobId());
          return new Result(supplier.name(), outcome, items, problems, summary);
        });
  }

  /** The sheet is of no use now; what the supplier had before stays. */
  private static Result refuse(
      UUID id, SyncStore.Supplier supplier, SheetException e, JobContext context) {
    String message = String.valueOf(e.getMessage());
    context.warn(supplier.name() + ": " + e.type() + ": " + message);
    return context.inTransaction(
        handle -> {
          SyncStore.log(handle, id, List.of(LogLine.of(e.type(), message)), context.jobId());
          return new Result(supplier.name(), e.type(), 0, 0, message);
        });
  }
}
