package dev.millrace.api.views;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.audit.Effect;
import dev.millrace.api.jobs.JobCompletionWaiter;
import dev.millrace.api.problem.Problems;
import dev.millrace.job.Enqueued;
import dev.millrace.job.JobState;
import dev.millrace.job.Trigger;
import dev.millrace.job.read.Job;
import dev.millrace.mv.Views;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Refreshes the views of a group and waits for the outcome; the answer has the documented form. */
final class GroupRefresh {
  private final Views views;
  private final JobCompletionWaiter ends;

  private final Audit audit;

  GroupRefresh(Views views, JobCompletionWaiter ends, Audit audit) {
    this.audit = audit;
    this.views = views;
    this.ends = ends;
  }

  /** The documented answer; the job only when it still runs. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Answer(String status, String message, @Nullable String jobId) {}

  /**
   * Answers a request.
   *
   * @param title what the group is called in the answer
   */
  void answer(Context ctx, String group, String title) {
    ends.answer(
        ctx,
        place -> {
          Enqueued first =
              audit.run(
                  ctx,
                  Command.of("views.refresh", group),
                  handle -> {
                    Enqueued enqueued = enqueue(group);
                    return Effect.of(enqueued, enqueued);
                  });
          return place
              .when(first.jobId())
              .thenCompose(ended -> again(place, group, first, ended))
              .thenAccept(end -> send(ctx, end, title));
        });
  }

  /** A refresh and its ended job; empty while it runs. */
  private record End(long jobId, Optional<Job> job) {}

  /** A refresh in progress may have started before the caller's change. */
  private CompletableFuture<End> again(
      JobCompletionWaiter.Place place, String group, Enqueued first, Optional<Job> ended) {
    if (ended.isEmpty() || first.created()) {
      return CompletableFuture.completedFuture(new End(first.jobId(), ended));
    }
    long second = enqueue(group).jobId();
    return place.when(second).thenApply(job -> new End(second, job));
  }

  private static void send(Context ctx, End end, String title) {
    if (end.job().isPresent()) {
      ctx.json(of(end.job().get(), title));
    } else {
      ctx.status(202)
          .header("Location", "/api/admin/jobs/" + end.jobId())
          .json(
              new Answer(
                  "running",
                  title + " materialized views are being refreshed",
                  Long.toString(end.jobId())));
    }
  }

  private Enqueued enqueue(String group) {
    return views
        .refreshGroup(group, Trigger.API)
        .orElseThrow(
            () ->
                Problems.notFound(
                    "no view is in the group '"
                        + group
                        + "'; SELECT millrace.register_view(…, view_group => '"
                        + group
                        + "') puts one there"));
  }

  private static Answer of(Job job, String title) {
    return job.state() == JobState.COMPLETED
        ? new Answer("success", title + " materialized views refreshed successfully", null)
        : new Answer(
            "error",
            "Failed to refresh views: " + (job.error() == null ? job.state().text() : job.error()),
            null);
  }
}
