package dev.millrace.api.workers;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.audit.Effect;
import dev.millrace.api.ingestion.SyncRate;
import dev.millrace.api.jobs.JobCompletionWaiter;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemAnswers;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.db.Outage;
import dev.millrace.job.Enqueued;
import dev.millrace.job.JobClient;
import dev.millrace.job.JobState;
import dev.millrace.job.read.Job;
import dev.millrace.job.read.Jobs;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.BackgroundWorkerEdits;
import dev.millrace.schedule.MasterSync;
import dev.millrace.text.CodePoints;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a background worker now and waits for what comes of it. The run goes the way of every job; a
 * run in progress is joined. Thread-safe.
 */
public final class RunOnce {
  private static final Logger log = LoggerFactory.getLogger(RunOnce.class);
  private static final int MAX_MESSAGE = 2000;

  private final JobCompletionWaiter ends;
  private final JobClient client;
  private final Jdbi jdbi;

  private final Audit audit;

  public RunOnce(JobCompletionWaiter ends, JobClient client, Jdbi jdbi, Audit audit) {
    this.audit = audit;
    this.jdbi = jdbi;
    this.ends = ends;
    this.client = client;
  }

  /** The documented answer; the job only when it still runs. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Answer(String status, @Nullable String message, @Nullable String jobId) {}

  /**
   * Answers a request.
   *
   * @param find reads the worker; its failure is answered as that of the run
   */
  void answer(Context ctx, Supplier<BackgroundWorker> find) {
    BackgroundWorker worker = documented(ctx, find);
    if (worker.kind() == null) {
      throw new ProblemException(
          Problems.conflict("nothing_to_run", worker.workerName() + " has no kind of job to run"));
    }
    if (worker.kind().equals(MasterSync.KIND)) {
      refuseSync(worker);
    }
    ends.answer(
        ctx,
        place -> {
          long jobId = documented(ctx, () -> enqueue(ctx, worker).jobId());
          return place.when(jobId).thenAccept(ended -> send(ctx, jobId, ended));
        });
  }

  /** As the call that starts a sync; a sync in progress is joined and starts none. */
  private void refuseSync(BackgroundWorker worker) {
    jdbi.useHandle(
        handle -> {
          if (MasterSync.lacksSheet(handle)) {
            throw new ProblemException(Problems.conflict("no_master_sheet", MasterSync.NO_SHEET));
          }
          String key = worker.overlapKey();
          if (Jobs.holder(handle, MasterSync.KIND, key).isEmpty()) {
            SyncRate.check(handle, key);
          }
        });
  }

  private Enqueued enqueue(Context ctx, BackgroundWorker worker) {
    return audit.run(
        ctx,
        Command.of("worker.run", worker.workerName()),
        handle -> {
          Enqueued run = client.enqueueIn(handle, BackgroundWorkerEdits.runNow(worker));
          return Effect.of(run, run);
        });
  }

  private static void send(Context ctx, long jobId, Optional<Job> ended) {
    if (ended.isPresent()) {
      ctx.json(of(ended.get()));
    } else {
      ctx.status(202)
          .header("Location", "/api/admin/jobs/" + jobId)
          .json(new Answer("running", null, Long.toString(jobId)));
    }
  }

  /** The detail is the documented one, also when the database is away. */
  private static <T> T documented(Context ctx, Supplier<T> part) {
    try {
      return part.get();
    } catch (ProblemException e) {
      throw e;
    } catch (RuntimeException e) {
      throw failed(ctx, e);
    }
  }

  private static Answer of(Job job) {
    if (job.state() == JobState.COMPLETED) {
      return new Answer("success", null, null);
    }
    String error = job.error() == null ? job.state().text() : job.error();
    return new Answer("error", CodePoints.first(error, MAX_MESSAGE), null);
  }

  private static ProblemException failed(Context ctx, Exception e) {
    String traceId = ProblemAnswers.traceId();
    String path = ctx.path();
    Problem problem = ProblemAnswers.internal("run_once_failed", "run_once_failed", traceId);
    Optional<Outage> outage = Outage.of(e);
    if (outage.isPresent()) {
      log.warn("run-once failed trace_id={} {}: {}", traceId, path, outage.get().sentence());
      return new ProblemException(
          problem.with("reason", outage.get().sentence()).withHeader("Retry-After", "2"));
    }
    log.error("run-once failed trace_id={} {}", traceId, path, e);
    return new ProblemException(problem);
  }
}
