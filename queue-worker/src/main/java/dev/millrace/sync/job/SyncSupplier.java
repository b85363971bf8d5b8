package dev.millrace.sync.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import dev.millrace.job.RetryAfterException;
import dev.millrace.job.Trigger;
import dev.millrace.job.UnretryableException;
import dev.millrace.sheet.Sheet;
import dev.millrace.sheet.SheetBusyException;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetLimits;
import dev.millrace.sheet.SheetSource;
import dev.millrace.sheet.SheetSources;
import dev.millrace.sheet.SheetVersion;
import dev.millrace.sheet.SourcePolicy;
import dev.millrace.sheet.supplier.SupplierReader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Makes the items of one supplier equal to its sheet: loads the rows into a staging table, then
 * switches the items in one transaction. See {@link Staging} and {@link ItemSwitch}.
 */
public final class SyncSupplier implements JobHandler<SyncSupplier.Payload> {
  /**
   * The payload: whose sheet, and how.
   *
   * @param dryRun the result says what would change, and nothing is written
   * @param acceptVanished an admin has confirmed that more than {@code SYNC_MAX_LOST_PERCENT} of
   *     the items are gone
   */
  public record Payload(
      String supplierId, @Nullable Boolean dryRun, @Nullable Boolean acceptVanished) {
    /** A sync that writes. */
    public static Payload of(String supplierId) {
      return new Payload(supplierId, false, false);
    }

    boolean isDryRun() {
      return Boolean.TRUE.equals(dryRun);
    }
  }

  public static final JobKind<Payload> KIND =
      JobKind.of("sync.supplier", Payload.class).withTimeout(Duration.ofMinutes(30));

  private final Jdbi jdbi;
  private final SyncSettings settings;
  private final List<SheetSource> services;

  /** Makes a handler that reads sheets without an account. */
  public SyncSupplier(Jdbi jdbi, SyncSettings settings) {
    this(jdbi, settings, List.of());
  }

  /**
   * Makes the handler.
   *
   * @param settings the master sheet decides which sources its suppliers may name; see {@link
   *     SourcePolicy#trusting}
   * @param services asked first for each sheet
   */
  public SyncSupplier(Jdbi jdbi, SyncSettings settings, List<SheetSource> services) {
    this.services = List.copyOf(services);
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
   * @param items how many items the sheet has
   * @param inserted items that are new, or are in the sheet again
   * @param changed items whose values or spelling changed
   * @param vanished items that are gone from the sheet
   * @param unchanged items that were not written
   * @param rejected rows that are not used
   * @param differences the first 100 of a dry run; else null
   */
  public record Result(
      String supplier,
      SheetErrorType outcome,
      int items,
      int inserted,
      int changed,
      int vanished,
      int unchanged,
      int rejected,
      String message,
      boolean dryRun,
      @Nullable JsonNode differences) {
    private static Result of(
        String supplier, SheetErrorType outcome, ItemSwitch.Counts counts, String message) {
      boolean dryRun = counts.differences() != null;
      boolean applies = dryRun || outcome == SheetErrorType.SUCCESS;
      return new Result(
          supplier,
          outcome,
          counts.items(),
          applies ? counts.inserted() : 0,
          applies ? counts.changed() : 0,
          applies ? counts.vanished() : 0,
          applies ? counts.unchanged() : counts.before(),
          counts.rejected(),
          message,
          dryRun,
          counts.differences());
    }
  }

  /**
   * One run of the job.
   *
   * @param begun whether an earlier attempt has loaded rows
   */
  private record Sync(
      Payload payload, SyncStore.Supplier supplier, boolean begun, JobContext context) {
    /** What the items depend on beside the sheet. */
    String readAs() {
      return supplier.readAs();
    }

    String id() {
      return payload.supplierId();
    }
  }

  @Override
  public Outcome run(Payload payload, JobContext context) {
    Optional<Staging.Begun> begun =
        jdbi.withHandle(handle -> Staging.begun(handle, context.jobId()));
    Optional<Result> committed = begun.map(Staging.Begun::result);
    if (committed.isPresent()) {
      return Outcome.done(committed.get());
    }
    if (context.trigger() != Trigger.PARENT) {
      boolean unused =
          context.inTransaction(
              handle -> {
                Staging.removeLeft(handle);
                return true;
              });
    }
    SyncStore.Supplier supplier =
        jdbi.withHandle(handle -> SyncStore.supplier(handle, payload.supplierId()))
            .orElseThrow(
                () -> new UnretryableException("there is no supplier " + payload.supplierId()));
    Sync sync = new Sync(payload, supplier, begun.isPresent(), context);
    Optional<Outcome> paused = SheetServer.paused(supplier.sheetUrl(), supplier.name(), context);
    if (paused.isPresent()) {
      return paused.get();
    }
    context.progress(0, 0, "reading the sheet of " + supplier.name());
    SourcePolicy policy =
        settings.masterSheet().map(SourcePolicy::trusting).orElse(SourcePolicy.STRICT);
    try (SheetSources sources = SheetSources.of(policy, SheetLimits.DEFAULT, services)) {
      Optional<SheetVersion> known = known(sync);
      Optional<Sheet> fetched = sources.fetch(supplier.sheetUrl(), known);
      if (fetched.isEmpty()) {
        return Outcome.done(unchanged(sync, Optional.empty()));
      }
      try (Sheet sheet = fetched.get()) {
        SheetVersion version = sheet.version();
        return Outcome.done(
            known.filter(version::hasContentOf).isPresent()
                ? unchanged(sync, Optional.of(version))
                : load(sync, sheet));
      }
    } catch (SheetBusyException e) {
      return SheetTurn.later(e, supplier.name(), context);
    } catch (SheetException e) {
      context.checkStop();
      Optional<Duration> asked =
          SheetServer.retryLater(e, supplier.sheetUrl(), settings.maxRetryAfter(), context);
      if (e.type().mayPassByItself() && context.attempt() < context.maxAttempts()) {
        throw new RetryAfterException(
            supplier.name() + ": " + e.getMessage(),
            asked.orElse(Duration.ofSeconds(context.attempt())));
      }
      return Outcome.done(refuse(sync, e));
    }
  }

  /** A sync of this supplier alone, and a dry run, read the sheet even if it has not changed. */
  private Optional<SheetVersion> known(Sync sync) {
    return sync.payload().isDryRun() || sync.context().trigger() != Trigger.PARENT
        ? Optional.empty()
        : jdbi.withHandle(handle -> SheetStates.known(handle, sync.id(), sync.readAs()));
  }

  private Result load(Sync sync, Sheet sheet) {
    JobContext context = sync.context();
    Staging staging = new Staging(context.jobId(), sync.id(), sheet.version().sha256());
    StagedRows rows = new StagedRows(staging, context, sync.begun());
    SupplierReader.read(sheet, sync.supplier().columns(), sync.supplier().currency(), rows);
    context.checkStop();
    return context.inTransaction(
        handle -> {
          rows.finish(handle);
          ItemSwitch.Counts counts =
              ItemSwitch.apply(
                  handle,
                  staging,
                  new ItemSwitch.Way(
                      sync.payload().isDryRun(),
                      Boolean.TRUE.equals(sync.payload().acceptVanished()),
                      settings));
          SheetErrorType outcome = outcome(counts);
          Result result =
              Result.of(sync.supplier().name(), outcome, counts, message(counts, outcome));
          if (!sync.payload().isDryRun()) {
            store(handle, sync, sheet, staging, result, counts);
          }
          staging.end(handle, result);
          return result;
        });
  }

  private static void store(
      Handle handle,
      Sync sync,
      Sheet sheet,
      Staging staging,
      Result result,
      ItemSwitch.Counts counts) {
    SyncStore.logRows(handle, staging, sheet.tab(), result);
    if (result.outcome() == SheetErrorType.SUCCESS) {
      SyncStore.synced(handle, sync.id());
    }
    if (result.outcome() == SheetErrorType.SUCCESS && counts.rejected() == 0) {
      SheetStates.store(handle, sync.id(), sheet.version(), sync.readAs());
    } else {
      SheetStates.forget(handle, sync.id());
    }
  }

  private static SheetErrorType outcome(ItemSwitch.Counts counts) {
    if (counts.items() == 0) {
      return counts.rejected() == 0 ? SheetErrorType.EMPTY_SHEET : SheetErrorType.BAD_ROW;
    }
    return counts.passed() ? SheetErrorType.SUCCESS : SheetErrorType.ITEMS_MISSING;
  }

  private String message(ItemSwitch.Counts counts, SheetErrorType outcome) {
    String leftOut =
        counts.items()
            + " items, "
            + (counts.firstProblem() == null
                ? "0 rows left out"
                : "%d rows left out (the first is row %s)"
                    .formatted(counts.rejected(), counts.firstProblem()));
    if (outcome == SheetErrorType.ITEMS_MISSING) {
      return "%d of %d items are missing from the sheet or cannot be read, SYNC_MAX_LOST_PERCENT allows %d %%: nothing was changed; the sheet has %s"
          .formatted(counts.lost(), counts.before(), settings.maxLostPercent(), leftOut);
    }
    return counts.kept() == 0
        ? leftOut
        : "%s, %d items kept that are in no readable row".formatted(leftOut, counts.kept());
  }

  /**
   * The sheet has the content with which it was last synced completely.
   *
   * @param version what was fetched; empty: its server says that nothing has changed
   */
  private static Result unchanged(Sync sync, Optional<SheetVersion> version) {
    return sync.context()
        .inTransaction(
            handle -> {
              int items = SyncStore.countItems(handle, sync.id());
              String message = items + " items, the sheet has not changed";
              Result result =
                  new Result(
                      sync.supplier().name(),
                      SheetErrorType.SUCCESS,
                      items,
                      0,
                      0,
                      0,
                      items,
                      0,
                      message,
                      false,
                      null);
              SyncStore.synced(handle, sync.id());
              version.ifPresent(now -> SheetStates.store(handle, sync.id(), now, sync.readAs()));
              return end(handle, sync, result);
            });
  }

  /** The sheet cannot be used now; the supplier keeps its items. */
  private static Result refuse(Sync sync, SheetException e) {
    String message = String.valueOf(e.getMessage());
    sync.context().warn(sync.supplier().name() + ": " + e.type() + ": " + message);
    Result result =
        new Result(
            sync.supplier().name(),
            e.type(),
            0,
            0,
            0,
            0,
            0,
            0,
            message,
            sync.payload().isDryRun(),
            null);
    return sync.context().inTransaction(handle -> end(handle, sync, result));
  }

  private static Result end(Handle handle, Sync sync, Result result) {
    long job = sync.context().jobId();
    if (!result.dryRun()) {
      LogLine line = LogLine.of(result.outcome(), result.message());
      SyncStore.log(handle, sync.id(), List.of(line), job);
    }
    Staging.end(handle, job, sync.id(), result);
    return result;
  }
}
