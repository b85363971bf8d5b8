package dev.millrace.sync.job;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.job.RetryAfterException;
import dev.millrace.job.Trigger;
import dev.millrace.job.UnretryableException;
import dev.millrace.sheet.SheetBusyException;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetLimits;
import dev.millrace.sheet.SheetSources;
import dev.millrace.sheet.SheetTable;
import dev.millrace.sheet.SourcePolicy;
import dev.millrace.sheet.supplier.MasterSheet;
import dev.millrace.sheet.supplier.RowProblem;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Reads the master sheet, upserts its suppliers and enqueues a child for each that is enabled. */
public final class SyncMaster implements JobHandler<SyncMaster.Payload> {
  /** The payload: empty, because the address of the master sheet is a setting of the operator. */
  public record Payload() {}

  public static final JobKind<Payload> KIND =
      JobKind.of("sync.master", Payload.class).withTimeout(Duration.ofMinutes(5));

  private static final int PRIORITY = 1;

  private final SyncSettings settings;

  /** Makes the handler. */
  public SyncMaster(SyncSettings settings) {
    this.settings = settings;
  }

  @Override
  public JobKind<Payload> kind() {
    return KIND;
  }

  /**
   * The result of the job, with the number of its children.
   *
   * @param suppliers how many the master sheet names
   * @param enabled how many of them are enabled; each has a child job
   * @param problems how many rows of the master sheet name no supplier, or a repeated one
   */
  public record Result(int suppliers, int enabled, int problems) {}

  @Override
  public Outcome run(Payload payload, JobContext context) {
    URI url =
        settings
            .masterSheet()
            .orElseThrow(
                () ->
                    new UnretryableException(
                        "MASTER_SHEET_URL is not set: there is no master sheet to sync"));
    Optional<Outcome> paused = SheetServer.paused(url, "the master sheet", context);
    if (paused.isPresent()) {
      return paused.get();
    }
    context.progress(0, 0, "reading the master sheet");
    MasterSheet master;
    try {
      master = read(url, context);
    } catch (SheetBusyException e) {
      return SheetTurn.later("the master sheet", context);
    }
    List<SyncStore.Stored> stored =
        context.inTransaction(handle -> store(handle, master, context.jobId()));
    List<NewJob> children =
        stored.stream()
            .filter(SyncStore.Stored::enabled)
            .map(
                supplier ->
                    NewJob.of(SyncSupplier.KIND, new SyncSupplier.Payload(supplier.id()))
                        .withPriority(PRIORITY)
                        .withLockKey("sync.supplier:" + supplier.id())
                        .triggeredBy(Trigger.PARENT))
            .toList();
    context.log(
        "read " + master.suppliers().size() + " suppliers; " + children.size() + " to sync");
    return Outcome.waitFor(
        children, new Result(master.suppliers().size(), children.size(), master.problems().size()));
  }

  /** Stores the suppliers and the problems; a row that cannot be read may be any supplier's. */
  private static List<SyncStore.Stored> store(Handle handle, MasterSheet master, long jobId) {
    List<SyncStore.Stored> stored = SyncStore.upsertSuppliers(handle, master.suppliers());
    Set<String> codes = stored.stream().map(SyncStore.Stored::code).collect(Collectors.toSet());
    List<RowProblem> problems = new ArrayList<>(master.problems());
    master.suppliers().stream()
        .filter(supplier -> !codes.contains(supplier.code()))
        .map(supplier -> RowProblem.duplicate(supplier.row(), "has the name of another supplier"))
        .forEach(problems::add);
    int left =
        problems.isEmpty()
            ? SyncStore.disableOthers(handle, stored.stream().map(SyncStore.Stored::id).toList())
            : 0;
    long enabled = stored.stream().filter(SyncStore.Stored::enabled).count();
    String summary =
        "%d suppliers, %d to sync".formatted(stored.size(), enabled)
            + (left == 0 ? "" : ", %d that are gone from it are disabled".formatted(left));
    SyncStore.log(handle, null, LogLine.of(problems, SheetErrorType.SUCCESS, summary), jobId);
    return stored;
  }

  private MasterSheet read(URI url, JobContext context) {
    try (SheetSources sources = SheetSources.of(SourcePolicy.trusting(url), SheetLimits.DEFAULT)) {
      SheetTable table = sources.read(url);
      return MasterSheet.parse(table);
    } catch (SheetException e) {
      context.checkStop();
      Optional<Duration> asked = SheetServer.retryLater(e, url, settings.maxRetryAfter(), context);
      String message = "the master sheet could not be read: " + e.getMessage();
      boolean again = e.type().mayPassByItself() && context.attempt() < context.maxAttempts();
      if (!again) {
        context.inTransaction(
            handle -> {
              SyncStore.log(handle, null, List.of(LogLine.of(e.type(), message)), context.jobId());
              return true;
            });
        throw new UnretryableException(message, e);
      }
      throw new RetryAfterException(
          message, asked.orElse(Duration.ofSeconds(2L * context.attempt())));
    }
  }
}
