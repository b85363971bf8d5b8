package dev.millrace.api.ingestion;

import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.job.Enqueued;
import dev.millrace.job.JobClient;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import dev.millrace.job.read.Job;
import dev.millrace.job.read.Jobs;
import dev.millrace.job.read.Kinds;
import dev.millrace.schedule.MasterSync;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import org.jdbi.v3.core.Jdbi;

/** {@code POST /api/admin/ingestion/sync}: asks for a master sync; there is one at a time. */
public final class IngestionRoutes {
  private final Jobs jobs;
  private final Kinds kinds;
  private final JobClient client;
  private final Jdbi jdbi;

  public IngestionRoutes(Jobs jobs, Kinds kinds, JobClient client, Jdbi jdbi) {
    this.jdbi = jdbi;
    this.jobs = jobs;
    this.kinds = kinds;
    this.client = client;
  }

  /** The answer to a sync that was asked for. */
  record Asked(String taskId, String status) {}

  public void addTo(RoutesConfig routes) {
    routes.post("/api/admin/ingestion/sync", this::sync);
  }

  private void sync(Context ctx) {
    if (jdbi.withHandle(MasterSync::lacksSheet)) {
      throw new ProblemException(Problems.conflict("no_master_sheet", MasterSync.NO_SHEET));
    }
    NewJob job = MasterSync.job(Trigger.API);
    Enqueued sync =
        client.enqueue(
            kinds
                .find(MasterSync.KIND)
                .map(kind -> job.withMaxAttempts(kind.maxAttempts()))
                .orElse(job));
    String location = "/api/admin/jobs/" + sync.jobId();
    if (!sync.created()) {
      throw new ProblemException(inTheWay(sync.jobId()).withHeader("Location", location));
    }
    ctx.status(202)
        .header("Location", location)
        .json(new Asked(Long.toString(sync.jobId()), "queued"));
  }

  private Problem inTheWay(long taskId) {
    Problem problem =
        Problems.conflict("sync_running", "sync " + taskId + " is still running")
            .with("task_id", Long.toString(taskId));
    return jobs.find(taskId).map(holder -> withHolder(problem, holder)).orElse(problem);
  }

  private static Problem withHolder(Problem problem, Job holder) {
    Problem withState = problem.with("state", holder.state().text());
    return withState.with(
        "started_at", holder.startedAt() == null ? holder.createdAt() : holder.startedAt());
  }
}
