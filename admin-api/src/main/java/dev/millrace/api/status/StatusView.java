package dev.millrace.api.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.api.workers.WorkerView;
import dev.millrace.job.JobState;
import dev.millrace.json.Json;
import dev.millrace.progress.Progress;
import dev.millrace.queue.Lane;
import dev.millrace.status.JobCounts;
import dev.millrace.status.SchedulerStatus;
import dev.millrace.status.Status;
import dev.millrace.status.Status.QueueWorker;
import dev.millrace.status.Status.RunningJob;
import dev.millrace.status.Status.ViewSummary;
import dev.millrace.sync.Ingestion;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code GET /api/admin/status}.
 *
 * @param ageSeconds how old the look is; 0 unless Postgres is away
 * @param degraded what is away: {@code redis}, {@code postgres}; {@code threads}: see troubles;
 *     {@code internal:} and a trace id for what a defect keeps from being read
 * @param ingestion null, as {@code jobs} and {@code scheduler}: a defect keeps it from being read
 * @param unserved where jobs wait that no queue worker claims
 * @param troubles what processes say is wrong with them, one sentence each
 */
record StatusView(
    Instant asOf,
    long ageSeconds,
    List<String> degraded,
    @Nullable JsonNode ingestion,
    List<WorkerView> backgroundWorkers,
    List<ViewSummary> views,
    @Nullable Jobs jobs,
    List<Running> runningJobs,
    List<Worker> queueWorkers,
    List<Lane> unserved,
    @Nullable Scheduler scheduler,
    List<String> troubles) {

  StatusView {
    troubles = List.copyOf(troubles);
    degraded = List.copyOf(degraded);
    backgroundWorkers = List.copyOf(backgroundWorkers);
    views = List.copyOf(views);
    runningJobs = List.copyOf(runningJobs);
    queueWorkers = List.copyOf(queueWorkers);
    unserved = List.copyOf(unserved);
  }

  static StatusView of(Status status, Duration age, List<String> degraded) {
    return new StatusView(
        status.asOf(),
        age.toSeconds(),
        degraded,
        withTask(status.ingestion()),
        status.backgroundWorkers().stream().map(WorkerView::of).toList(),
        status.views(),
        status.jobs() == null ? null : Jobs.of(status.jobs()),
        status.running().stream().map(Running::of).toList(),
        status.queueWorkers().stream().map(worker -> Worker.of(worker, status.asOf())).toList(),
        status.unserved(),
        status.scheduler() == null ? null : Scheduler.of(status.scheduler()),
        status.troubles());
  }

  /** The documented ingestion status, and the job of the sync in progress. */
  private static @Nullable JsonNode withTask(@Nullable Ingestion ingestion) {
    if (ingestion == null) {
      return null;
    }
    ObjectNode node = Json.mapper().valueToTree(IngestionView.of(ingestion));
    return node.put("task_id", ingestion.taskId() == null ? null : ingestion.taskId().toString());
  }

  /**
   * How many jobs are in each state.
   *
   * @param atLeast the states whose count stopped at the cap
   */
  record Jobs(Map<String, Long> counts, List<String> atLeast) {
    static Jobs of(JobCounts counts) {
      Map<String, Long> byState = new LinkedHashMap<>();
      for (JobState state : JobState.values()) {
        byState.put(state.text(), counts.byState().getOrDefault(state, 0L));
      }
      return new Jobs(byState, counts.atLeast().stream().map(JobState::text).sorted().toList());
    }
  }

  /** A running job. */
  record Running(
      String id,
      String kind,
      String queue,
      String state,
      int attempt,
      int maxAttempts,
      @Nullable String workerId,
      @Nullable String backgroundWorker,
      @Nullable String parentId,
      String trigger,
      boolean cancelRequested,
      @Nullable Instant startedAt,
      @Nullable ProgressView progress) {
    static Running of(RunningJob job) {
      return new Running(
          Long.toString(job.id()),
          job.kind(),
          job.queue(),
          job.state(),
          job.attempt(),
          job.maxAttempts(),
          job.workerId(),
          job.backgroundWorker(),
          job.parentId() == null ? null : job.parentId().toString(),
          job.trigger(),
          job.cancelRequested(),
          job.startedAt(),
          ProgressView.of(job.progress()));
    }
  }

  /**
   * How far a job is.
   *
   * @param total 0: not known
   */
  record ProgressView(long current, long total, String message) {
    static @Nullable ProgressView of(@Nullable Progress progress) {
      return progress == null
          ? null
          : new ProgressView(progress.current(), progress.total(), progress.message());
    }
  }

  /**
   * The scheduler nodes.
   *
   * @param state {@code running}, {@code late} or {@code absent}
   * @param trouble what is wrong, as a sentence; null: nothing
   */
  record Scheduler(
      String state,
      @Nullable String trouble,
      @Nullable String leader,
      @Nullable Instant lateSince,
      @Nullable Instant lastCheckinAt,
      List<SchedulerStatus.Node> nodes) {
    Scheduler {
      nodes = List.copyOf(nodes);
    }

    static Scheduler of(SchedulerStatus status) {
      return new Scheduler(
          status.state().text(),
          status.trouble().orElse(null),
          status.leader(),
          status.lateSince(),
          status.lastCheckinAt(),
          status.nodes());
    }
  }

  /** A queue worker. */
  record Worker(
      String workerId,
      String name,
      String host,
      long pid,
      List<String> queues,
      int concurrency,
      String state,
      long running,
      Instant startedAt,
      Instant heartbeatAt,
      double heartbeatAgeSeconds) {
    static Worker of(QueueWorker worker, Instant now) {
      long age = Math.max(0, Duration.between(worker.heartbeatAt(), now).toMillis());
      return new Worker(
          worker.workerId(),
          worker.name(),
          worker.host(),
          worker.pid(),
          worker.queues(),
          worker.concurrency(),
          worker.state(),
          worker.running(),
          worker.startedAt(),
          worker.heartbeatAt(),
          age / 1000.0);
    }
  }
}
