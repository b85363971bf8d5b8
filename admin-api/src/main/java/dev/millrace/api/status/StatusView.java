package dev.millrace.api.status;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.api.workers.WorkerView;
import dev.millrace.job.JobState;
import dev.millrace.json.Json;
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
 * @param ageSeconds age of what is shown; 0 unless Postgres is out
 * @param degraded what is out: {@code redis}, {@code postgres}; {@code threads}: see troubles;
 *     {@code internal:} and a trace id for what a defect keeps from being read
 * @param ingestion null, as {@code jobs} and {@code scheduler}: a defect keeps it from being read
 * @param unserved the lanes whose jobs no queue worker claims
 * @param troubles problems that processes report, one sentence each
 */
record StatusView(
    Instant asOf,
    long ageSeconds,
    List<String> degraded,
    @Nullable JsonNode ingestion,
    List<WorkerView> backgroundWorkers,
    List<ViewSummary> views,
    @Nullable Jobs jobs,
    List<RunningJob> runningJobs,
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
        status.running(),
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
    ObjectNode node = Json.mapper().valueToTree(ingestion);
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

  /**
   * The scheduler nodes.
   *
   * @param trouble what is wrong, as a sentence; null: nothing
   */
  record Scheduler(
      SchedulerStatus.State state, @Nullable String trouble, @JsonUnwrapped SchedulerStatus nodes) {
    static Scheduler of(SchedulerStatus status) {
      return new Scheduler(status.state(), status.trouble().orElse(null), status);
    }
  }

  /** A queue worker. */
  record Worker(@JsonUnwrapped QueueWorker worker, double heartbeatAgeSeconds) {
    static Worker of(QueueWorker worker, Instant now) {
      long age = Math.max(0, Duration.between(worker.heartbeatAt(), now).toMillis());
      return new Worker(worker, age / 1000.0);
    }
  }
}
