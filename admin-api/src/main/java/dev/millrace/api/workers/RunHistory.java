package dev.millrace.api.workers;

import dev.millrace.api.request.Cursor;
import dev.millrace.api.request.Query;
import dev.millrace.job.JobState;
import dev.millrace.job.read.Page;
import dev.millrace.job.read.WorkerRun;
import dev.millrace.job.read.WorkerRuns;
import dev.millrace.schedule.BackgroundWorker;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The runs of a background worker in pages, newest first. */
final class RunHistory {
  private static final int PAGE = 50;
  private static final int MAX_PAGE = 200;
  private static final List<String> STATES =
      Arrays.stream(JobState.values()).map(JobState::text).toList();

  private final WorkerRuns runs;

  RunHistory(WorkerRuns runs) {
    this.runs = runs;
  }

  /**
   * A page.
   *
   * @param nextCursor null: this is the last page
   */
  record RunList(List<WorkerRun> runs, @Nullable String nextCursor) {
    RunList {
      runs = List.copyOf(runs);
    }
  }

  void answer(Context ctx, BackgroundWorker worker) {
    Query query = Query.of(ctx, List.of("state", "cursor", "limit"));
    Optional<JobState> state = query.oneOf("state", STATES).map(JobState::of);
    String list = worker.workerName() + " " + state.map(JobState::text).orElse("");
    int limit = query.limit(PAGE, MAX_PAGE);
    OptionalLong before =
        query.text("cursor").map(text -> Cursor.read(text, list)).orElse(OptionalLong.empty());
    Page<WorkerRun> page = runs.list(worker.workerName(), state, before, limit);
    String next = page.next().isPresent() ? Cursor.after(page.next().getAsLong(), list) : null;
    ctx.json(new RunList(page.entries(), next));
  }
}
