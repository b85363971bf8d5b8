package dev.millrace.api.jobs;

import dev.millrace.api.access.Permission;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.Cursor;
import dev.millrace.api.request.Query;
import dev.millrace.api.why.Why;
import dev.millrace.job.JobKind;
import dev.millrace.job.JobState;
import dev.millrace.job.NewJob;
import dev.millrace.job.read.Job;
import dev.millrace.job.read.JobDetail;
import dev.millrace.job.read.JobFilter;
import dev.millrace.job.read.Jobs;
import dev.millrace.job.read.Narrowing;
import dev.millrace.job.read.Page;
import dev.millrace.progress.Progress;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.JobControl;
import dev.millrace.status.Reasons;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /api/admin/jobs}. */
public final class JobRoutes {
  private static final Logger log = LoggerFactory.getLogger(JobRoutes.class);
  private static final int PAGE = 50;
  private static final int MAX_PAGE = 200;
  private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,13}");
  private static final Pattern TEXT = Pattern.compile("[^\\x00]{1,200}");

  /** A path of names with dots between them, and what it leads to. */
  private static final Pattern FIELD =
      Pattern.compile("[^\\x00=.]{1,100}(\\.[^\\x00=.]{1,100}){0,9}(=[^\\x00]{0,200})?");

  private static final List<String> PARAMETERS =
      List.of(
          "state", "kind", "queue", "worker", "parent", "job_key", "error", "payload", "since",
          "until", "cursor", "limit");
  private static final List<String> STATES =
      Arrays.stream(JobState.values()).map(JobState::text).toList();

  private final Parts parts;

  /** What the routes read and change. */
  public record Parts(
      Jobs jobs, ProgressBoard board, JobControl control, Reasons reasons, Audit audit) {}

  public JobRoutes(Parts parts) {
    this.parts = parts;
  }

  /**
   * A page of a list. It may hold fewer jobs than requested, or none, and not be the last.
   *
   * @param nextCursor null: this is the last page
   */
  record JobList(List<Job> jobs, @Nullable String nextCursor) {
    JobList {
      jobs = List.copyOf(jobs);
    }
  }

  /** The answer to what changes a job. */
  record Changed(String jobId, String status) {}

  public void addTo(RoutesConfig routes) {
    routes.get("/api/admin/jobs", this::list, Permission.READ, Query.Taken.QUERY);
    routes.get("/api/admin/jobs/{id}", this::detail, Permission.READ);
    routes.get("/api/admin/jobs/{id}/why", this::why, Permission.READ);
    routes.post("/api/admin/jobs/{id}/cancel", this::cancel, Permission.CANCEL_JOBS);
    routes.post("/api/admin/jobs/{id}/retry", this::retry, Permission.RETRY_JOBS);
  }

  private void list(Context ctx) {
    Query query = Query.of(ctx, PARAMETERS);
    JobFilter filter =
        new JobFilter(
            query.oneOf("state", STATES).map(JobState::of),
            query.matching("kind", JobKind.NAME),
            query.matching("queue", NewJob.QUEUE),
            narrowing(query));
    int limit = query.limit(PAGE, MAX_PAGE);
    OptionalLong before =
        query
            .text("cursor")
            .map(text -> Cursor.read(text, filter.toString()))
            .orElse(OptionalLong.empty());
    Page<Job> page = parts.jobs().list(filter, before, limit);
    ctx.json(new JobList(page.entries(), next(page, filter)));
  }

  private static Narrowing narrowing(Query query) {
    return new Narrowing(
        query.matching("worker", TEXT),
        query.matching("parent", ID).map(Long::valueOf),
        query.matching("job_key", TEXT),
        query.matching("error", TEXT),
        query.matching("payload", FIELD).map(Narrowing.Field::parse),
        query.moment("since"),
        query.moment("until"));
  }

  private static @Nullable String next(Page<Job> page, JobFilter filter) {
    return page.next().isPresent()
        ? Cursor.after(page.next().getAsLong(), filter.toString())
        : null;
  }

  private void detail(Context ctx) {
    JobDetail detail = parts.jobs().detail(id(ctx)).orElseThrow(() -> absent(ctx));
    Job job = detail.job();
    Optional<Progress> progress =
        job.state() == JobState.PROCESSING
            ? parts.board().of(job.id(), job.fence())
            : Optional.empty();
    ctx.json(JobView.of(detail, progress));
  }

  private void why(Context ctx) {
    ctx.json(Why.of(parts.reasons().ofJob(id(ctx)).orElseThrow(() -> absent(ctx))));
  }

  private void cancel(Context ctx) {
    long id = id(ctx);
    Audit.Writer writer = writer(ctx, "job.cancel", id);
    JobControl.Cancelled cancelled = parts.control().cancel(id, allowed(writer));
    log.info("cancel asked for job={} outcome={}", id, cancelled);
    switch (cancelled) {
      case AT_ONCE -> ctx.json(new Changed(Long.toString(id), "cancelled"));
      case REQUESTED -> accepted(ctx, id, "cancelling");
      case NOTHING_TO_CANCEL ->
          throw refused(writer, inTheWrongState(ctx, "it can be cancelled only before its end"));
    }
  }

  private void retry(Context ctx) {
    long id = id(ctx);
    Audit.Writer writer = writer(ctx, "job.retry", id);
    JobControl.Retried retried = parts.control().retry(id, allowed(writer));
    log.info("retry asked for job={} outcome={}", id, retried);
    switch (retried) {
      case QUEUED -> accepted(ctx, id, "queued");
      case UNIQUE_KEY_HELD -> {
        Job asked = parts.jobs().find(id).orElseThrow(() -> absent(ctx));
        String key = Objects.requireNonNullElse(asked.uniqueKey(), "");
        throw refused(
            writer,
            EnqueueRoutes.keyHeld(
                parts.jobs(), key, parts.jobs().holder(asked.kind(), key).map(Job::id).orElse(0L)));
      }
      case NOT_RETRYABLE ->
          throw refused(
              writer,
              inTheWrongState(
                  ctx,
                  "only a failed or cancelled job can be retried, while neither its parent nor its children are at work"));
    }
  }

  private Audit.Writer writer(Context ctx, String action, long jobId) {
    return parts.audit().writer(ctx, Command.of(action, Long.toString(jobId)));
  }

  private static JobControl.Alongside allowed(Audit.Writer writer) {
    return (transaction, jobId) -> writer.on(Long.toString(jobId)).allowed(transaction, null, null);
  }

  private static ProblemException refused(Audit.Writer writer, ProblemException refusal) {
    writer.refused(refusal.problem());
    return refusal;
  }

  private static void accepted(Context ctx, long jobId, String status) {
    ctx.status(202)
        .header("Location", "/api/admin/jobs/" + jobId)
        .json(new Changed(Long.toString(jobId), status));
  }

  private ProblemException inTheWrongState(Context ctx, String rule) {
    Job job = parts.jobs().find(id(ctx)).orElseThrow(() -> absent(ctx));
    return new ProblemException(
        Problems.conflict(
                "wrong_state", "job " + job.id() + " is " + job.state().text() + "; " + rule)
            .with("job_id", Long.toString(job.id()))
            .with("state", job.state().text()));
  }

  private static long id(Context ctx) {
    String id = ctx.pathParam("id");
    if (!ID.matcher(id).matches()) {
      throw absent(ctx);
    }
    return Long.parseLong(id);
  }

  private static ProblemException absent(Context ctx) {
    return Problems.notFound("no job '" + Problems.cut(ctx.pathParam("id")) + "'");
  }
}
