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
import dev.millrace.sheet.SheetSource;
import dev.millrace.sheet.SheetSources;
import dev.millrace.sheet.SourcePolicy;
import dev.millrace.sheet.supplier.MasterSheet;
import dev.millrace.sheet.supplier.MasterSheetIngestor;
import dev.millrace.sheet.supplier.RowProblem;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Reads the master sheet, upserts its suppliers and enqueues a child for each that is enabled. A
 * job that was enqueued without the unique key of syncs takes it when it begins, or is refused.
 */
public final class SyncMaster implements JobHandler<SyncMaster.Payload> {
  /**
   * The payload. The address of the master sheet is a setting of the operator.
   *
   * @param dryRun the results say what would change, and nothing is written
   * @param onlyFailed only suppliers whose newest log row is an error are synced
   */
  public record Payload(@Nullable Boolean dryRun, @Nullable Boolean onlyFailed) {
    /** A sync of all suppliers. */
    public static final Payload ALL = new Payload(false, false);

    boolean isDryRun() {
      return Boolean.TRUE.equals(dryRun);
    }
  }

  public static final JobKind<Payload> KIND =
      JobKind.of("sync.master", Payload.class).withTimeout(Duration.ofMinutes(5));

  private static final int PRIORITY = 1;

  private final SyncSettings settings;
  private final List<SheetSource> services;

  /** Makes a handler that reads sheets without an account. */
  public SyncMaster(SyncSettings settings) {
    this(settings, List.of());
  }

  /**
   * Makes the handler.
   *
   * @param services asked first for each sheet
   */
  public SyncMaster(SyncSettings settings, List<SheetSource> services) {
    this.services = List.copyOf(services);
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
   * @param added how many suppliers were not stored before; a dry run has no child for them
   * @param left how many suppliers are gone from the master sheet and disabled
   */
  public record Result(
      int suppliers, int enabled, int problems, int added, int left, boolean dryRun) {}

  @Override
  public Outcome run(Payload payload, JobContext context) {
    URI url =
        settings
            .masterSheet()
            .orElseThrow(
                () ->
                    new UnretryableException(
                        "MASTER_SHEET_URL is not set: there is no master sheet to sync"));
    context
        .inTransaction(handle -> SyncStore.claim(handle, context.jobId()))
        .ifPresent(SyncMaster::refuse);
    Optional<Outcome> paused = SheetServer.paused(url, "the master sheet", context);
    if (paused.isPresent()) {
      return paused.get();
    }
    context.progress(0, 0, "reading the master sheet");
    MasterSheet master;
    try {
      master = read(url, payload, context);
    } catch (SheetBusyException e) {
      return SheetTurn.later(e, "the master sheet", context);
    }
    boolean dryRun = payload.isDryRun();
    Synced synced = context.inTransaction(handle -> sync(handle, payload, master, context));
    List<NewJob> children =
        synced.toSync().stream().map(supplier -> child(supplier.id(), dryRun)).toList();
    context.log(
        "read %d suppliers; %d to sync%s"
            .formatted(master.suppliers().size(), children.size(), dryRun ? ", a dry run" : ""));
    return Outcome.waitFor(
        children,
        new Result(
            master.suppliers().size(),
            children.size(),
            master.problems().size(),
            synced.suppliers().added(),
            synced.suppliers().left(),
            dryRun));
  }

  private static void refuse(long running) {
    throw new UnretryableException(
        "sync %d has not ended, and there is one at a time".formatted(running));
  }

  private static NewJob child(String supplier, boolean dryRun) {
    return NewJob.of(SyncSupplier.KIND, new SyncSupplier.Payload(supplier, dryRun, false))
        .withPriority(PRIORITY)
        .withLockKey("sync.supplier:" + supplier)
        .triggeredBy(Trigger.PARENT);
  }

  /**
   * What the master sheet has become.
   *
   * @param toSync those that get a child
   */
  private record Synced(SupplierSync suppliers, List<SyncStore.Stored> toSync) {}

  private static Synced sync(
      Handle handle, Payload payload, MasterSheet master, JobContext context) {
    Staging.removeLeft(handle);
    if (payload.isDryRun()) {
      handle.savepoint("before_dry_run");
    }
    SupplierSync suppliers = SupplierSync.of(handle, master);
    if (payload.isDryRun()) {
      handle.rollbackToSavepoint("before_dry_run");
    } else {
      log(handle, master, suppliers, context.jobId());
    }
    Set<String> chosen =
        Boolean.TRUE.equals(payload.onlyFailed())
            ? SyncStore.failed(handle)
            : SyncStore.ids(handle);
    return new Synced(
        suppliers,
        suppliers.stored().stream()
            .filter(supplier -> supplier.enabled() && chosen.contains(supplier.id()))
            .toList());
  }

  private static void log(Handle handle, MasterSheet master, SupplierSync suppliers, long jobId) {
    List<RowProblem> problems = new ArrayList<>(master.problems());
    problems.addAll(suppliers.refused());
    long enabled = suppliers.stored().stream().filter(SyncStore.Stored::enabled).count();
    String summary =
        "%d suppliers, %d to sync".formatted(suppliers.stored().size(), enabled)
            + (suppliers.left() == 0
                ? ""
                : ", %d that are gone from it are disabled".formatted(suppliers.left()));
    SyncStore.log(handle, null, LogLine.of(problems, SheetErrorType.SUCCESS, summary), jobId);
  }

  private MasterSheet read(URI url, Payload payload, JobContext context) {
    try (SheetSources sources =
        SheetSources.of(SourcePolicy.trusting(url), SheetLimits.DEFAULT, services)) {
      return new MasterSheetIngestor(sources).read(url);
    } catch (SheetException e) {
      context.checkStop();
      Optional<Duration> asked = SheetServer.retryLater(e, url, settings.maxRetryAfter(), context);
      String message = "the master sheet could not be read: " + e.getMessage();
      boolean again = e.type().mayPassByItself() && context.attempt() < context.maxAttempts();
      if (!again) {
        if (!payload.isDryRun()) {
          context.inTransaction(
              handle -> {
                SyncStore.log(
                    handle, null, List.of(LogLine.of(e.type(), message)), context.jobId());
                return true;
              });
        }
        throw new UnretryableException(message, e);
      }
      throw new RetryAfterException(
          message, asked.orElse(Duration.ofSeconds(2L * context.attempt())));
    }
  }
}
