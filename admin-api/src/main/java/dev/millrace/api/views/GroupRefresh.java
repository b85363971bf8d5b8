package dev.millrace.api.views;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.millrace.api.jobs.JobEnds;
import dev.millrace.api.problem.Problems;
import dev.millrace.job.Enqueued;
import dev.millrace.job.Job;
import dev.millrace.job.JobState;
import dev.millrace.job.Trigger;
import dev.millrace.mv.Views;
import io.javalin.http.Context;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Refreshes the views of a group and waits for what comes of it, in the words of requirement 003.
 */
final class GroupRefresh {
  private final Views views;
  private final JobEnds ends;

  GroupRefresh(Views views, JobEnds ends) {
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
    Enqueued refresh = enqueue(group);
    try {
      Optional<Job> ended = ends.await(refresh.jobId());
      if (ended.isPresent() && !refresh.created()) {
        // the one that was under way may have begun before what the caller wants to see
        refresh = enqueue(group);
        ended = ends.await(refresh.jobId());
      }
      if (ended.isPresent()) {
        ctx.json(of(ended.get(), title));
      } else {
        ctx.status(202)
            .header("Location", "/api/admin/jobs/" + refresh.jobId())
            .json(
                new Answer(
                    "running",
                    title + " materialized views are being refreshed",
                    Long.toString(refresh.jobId())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problems.unavailable("the server stops; job " + refresh.jobId() + " goes on");
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
