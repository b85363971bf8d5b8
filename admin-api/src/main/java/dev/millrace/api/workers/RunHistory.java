package dev.millrace.api.workers;

import dev.millrace.api.request.Cursor;
import dev.millrace.api.request.Query;
import dev.millrace.job.JobState;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.WorkerRun;
import dev.millrace.schedule.WorkerRuns;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a background worker has done, page by page, newest first. */
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
   * A run: the job of that id.
   *
   * @param slot what it is for; null unless a slot asked for it
   * @param durationMs of its last attempt; null unless that has ended
   */
  record Run(
      String jobId,
      String state,
      String trigger,
      @Nullable Instant slot,
      int attempt,
      int maxAttempts,
      @Nullable String workerId,
      Instant createdAt,
      @Nullable Instant startedAt,
      @Nullable Instant finishedAt,
      @Nullable Long durationMs,
      @Nullable String error) {
    static Run of(WorkerRun run) {
      return new Run(
          Long.toString(run.id()),
          run.state(),
          run.trigger(),
          run.slot(),
          run.attempt(),
          run.maxAttempts(),
          run.workerId(),
          run.createdAt(),
          run.startedAt(),
          run.finishedAt(),
          run.duration().map(Duration::toMillis).orElse(null),
          run.error());
    }
  }

  /**
   * A page.
   *
   * @param nextCursor null: this is the last page
   */
  record Page(List<Run> runs, @Nullable String nextCursor) {
    Page {
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
    dev.millrace.job.read.Page<WorkerRun> page =
        runs.list(worker.workerName(), state, before, limit);
    String next = page.next().isPresent() ? Cursor.after(page.next().getAsLong(), list) : null;
    ctx.json(new Page(page.entries().stream().map(Run::of).toList(), next));
  }
}
