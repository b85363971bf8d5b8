package dev.millrace.api.ingestion;

import dev.millrace.api.access.Permission;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.audit.Effect;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.Query;
import dev.millrace.db.Sql;
import dev.millrace.job.Enqueued;
import dev.millrace.job.JobClient;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import dev.millrace.job.read.Job;
import dev.millrace.job.read.Jobs;
import dev.millrace.job.read.Kinds;
import dev.millrace.queue.JobControl;
import dev.millrace.schedule.MasterSync;
import dev.millrace.sync.IngestionReader;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts and cancels syncs: {@code /api/admin/ingestion/sync}, {@code …/sync/cancel} and {@code
 * …/suppliers/{id}/sync}. There is one sync of the master sheet at a time, and one of a supplier.
 */
public final class IngestionRoutes {
  private static final Logger log = LoggerFactory.getLogger(IngestionRoutes.class);
  private static final String SUPPLIER = Sql.of(IngestionRoutes.class, "supplier");

  private final Jdbi jdbi;
  private final JobClient client;
  private final JobControl control;
  private final Audit audit;

  public IngestionRoutes(Jdbi jdbi, JobClient client, JobControl control, Audit audit) {
    this.audit = audit;
    this.jdbi = jdbi;
    this.client = client;
    this.control = control;
  }

  /**
   * The answer to a sync that was started.
   *
   * @param startedAt when it was asked for
   */
  record Started(String taskId, String status, Instant startedAt) {}

  /** The answer to a cancel. */
  record Cancelled(String taskId, String status) {}

  /** A sync as the audit has it. */
  record Recorded(String taskId, String payload) {}

  private record Supplier(
      String name, boolean hasSheet, boolean enabled, @Nullable String disabledReason) {}

  public void addTo(RoutesConfig routes) {
    routes.post("/api/admin/ingestion/sync", this::sync, Permission.RUN_SYNC, Query.Taken.QUERY);
    routes.post("/api/admin/ingestion/sync/cancel", this::cancel, Permission.RUN_SYNC);
    routes.post(
        "/api/admin/ingestion/suppliers/{id}/sync",
        this::syncSupplier,
        Permission.RUN_SYNC,
        Query.Taken.QUERY);
  }

  private void sync(Context ctx) {
    Set<String> flags = flags(ctx, List.of("dry_run", "only_failed"));
    start(ctx, MasterSync.job(Trigger.API, flags), "sync_running", "sync %d");
  }

  private void syncSupplier(Context ctx) {
    Set<String> flags = flags(ctx, List.of("dry_run", "accept_vanished"));
    String id = ctx.pathParam("id");
    Supplier supplier =
        jdbi.withHandle(
                handle ->
                    handle
                        .createQuery(SUPPLIER)
                        .bind("id", id)
                        .map(ConstructorMapper.of(Supplier.class))
                        .findOne())
            .orElseThrow(() -> Problems.notFound("no supplier '" + Problems.cut(id) + "'"));
    if (!supplier.hasSheet() || !supplier.enabled()) {
      throw new ProblemException(
          Problems.conflict("supplier_not_synced", whyNot(supplier)).with("supplier", id));
    }
    String what = "the sync %d of supplier '" + supplier.name().replace("%", "%%") + "'";
    start(ctx, MasterSync.supplierJob(id, flags), "supplier_sync_running", what);
  }

  private static String whyNot(Supplier supplier) {
    if (!supplier.hasSheet()) {
      return "supplier '" + supplier.name() + "' has no sheet: name it in the master sheet";
    }
    return "supplier '%s' is disabled (%s): enable it in the master sheet"
        .formatted(
            supplier.name(),
            Objects.requireNonNullElse(supplier.disabledReason(), "the master sheet says so"));
  }

  private static Set<String> flags(Context ctx, List<String> known) {
    Query query = Query.of(ctx, known);
    return known.stream().filter(query::flag).collect(Collectors.toSet());
  }

  /**
   * Enqueues the job, unless one with its unique key is unfinished: that one is named. A call that
   * is refused for it costs one statement, and one that starts a job takes one connection at a
   * time, so that many calls at once share few connections.
   *
   * @param what names the job in a problem, with {@code %d} for its id
   */
  private void start(Context ctx, NewJob job, String code, String what) {
    String key = job.uniqueKey().orElseThrow();
    Command command = Command.of("sync.run", key);
    jdbi.withHandle(handle -> Jobs.holder(handle, job.kind(), key))
        .ifPresent(
            holder -> {
              ProblemException running = running(code, what, holder);
              audit.writer(ctx, command).refused(running.problem());
              throw running;
            });
    Job started =
        audit.run(
            ctx,
            command,
            handle -> {
              if (MasterSync.lacksSheet(handle)) {
                throw new ProblemException(
                    Problems.conflict("no_master_sheet", MasterSync.NO_SHEET));
              }
              SyncRate.check(handle, key);
              NewJob wanted =
                  Kinds.find(handle, job.kind())
                      .map(kind -> job.withMaxAttempts(kind.maxAttempts()))
                      .orElse(job);
              Enqueued sync = client.enqueueIn(handle, wanted);
              Job stored = Jobs.find(handle, sync.jobId()).orElseThrow(IngestionRoutes::pruned);
              if (!sync.created()) {
                throw running(code, what, stored);
              }
              return Effect.of(stored, new Recorded(Long.toString(stored.id()), job.payload()));
            });
    log.info("sync asked for job={} kind={} payload={}", started.id(), job.kind(), job.payload());
    ctx.status(202)
        .header("Location", location(started.id()))
        .json(new Started(Long.toString(started.id()), "queued", started.createdAt()));
  }

  private static ProblemException pruned() {
    return Problems.notFound("the sync has ended and its row is pruned");
  }

  private static String location(long jobId) {
    return "/api/admin/jobs/" + jobId;
  }

  /** Names the job that is in the way: its id, who asked for it, which queue worker has it. */
  private static ProblemException running(String code, String what, Job holder) {
    return new ProblemException(
        Problems.conflict(code, what.formatted(holder.id()) + " is still running")
            .with("task_id", Long.toString(holder.id()))
            .with("state", holder.state().text())
            .with(
                "started_at", holder.startedAt() == null ? holder.createdAt() : holder.startedAt())
            .with("trigger", holder.trigger())
            .with("holder", holder.workerId())
            .withHeader("Location", location(holder.id())));
  }

  /** Cancels the sync in progress with its suppliers' jobs; what was switched stays switched. */
  private void cancel(Context ctx) {
    Audit.Writer any = audit.writer(ctx, Command.of("sync.cancel", ""));
    long id =
        jdbi.withHandle(
                handle ->
                    IngestionReader.running(handle)
                        .or(
                            () ->
                                Jobs.holder(handle, MasterSync.KIND, MasterSync.UNIQUE_KEY)
                                    .map(Job::id)))
            .orElseThrow(() -> noneRunning(any));
    Audit.Writer writer = any.on(Long.toString(id));
    JobControl.Cancelled cancelled =
        control.cancel(id, (transaction, jobId) -> writer.allowed(transaction, null, null));
    log.info("cancel asked for sync job={} outcome={}", id, cancelled);
    switch (cancelled) {
      case AT_ONCE -> ctx.json(new Cancelled(Long.toString(id), "cancelled"));
      case REQUESTED ->
          ctx.status(202)
              .header("Location", location(id))
              .json(new Cancelled(Long.toString(id), "cancelling"));
      case NOTHING_TO_CANCEL -> throw noneRunning(writer);
    }
  }

  private static ProblemException noneRunning(Audit.Writer writer) {
    ProblemException none =
        new ProblemException(Problems.conflict("no_sync_running", "no sync is running"));
    writer.refused(none.problem());
    return none;
  }
}
