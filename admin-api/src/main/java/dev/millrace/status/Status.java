package dev.millrace.status;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.millrace.mv.Freshness;
import dev.millrace.progress.Progress;
import dev.millrace.queue.Lane;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.sync.Ingestion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The installation as of one moment.
 *
 * @param asOf by the database's clock
 * @param redisUp false: progress is not known
 * @param ingestion null, as {@code jobs} and {@code scheduler}: a defect keeps it from being read
 * @param backgroundWorkers by name
 * @param views by name
 * @param running claimed jobs and jobs that wait for their children; the newest 100 of each
 * @param queueWorkers those with a lease, and those that lost theirs in the last five minutes
 * @param unserved where jobs wait that no queue worker claims
 * @param defects what is missing here although Postgres answers
 * @param old the parts that are of an earlier moment: reading them takes long while a transaction
 *     that is open for long keeps the index entries of ended jobs
 * @param troubles what processes say is wrong with them: threads that died, hang or fail; locks and
 *     rights in Redis that are missing
 * @param sight which changes it shows
 */
public record Status(
    Instant asOf,
    boolean redisUp,
    @Nullable Ingestion ingestion,
    List<BackgroundWorker> backgroundWorkers,
    List<ViewSummary> views,
    @Nullable JobCounts jobs,
    List<RunningJob> running,
    List<QueueWorker> queueWorkers,
    List<Lane> unserved,
    @Nullable SchedulerStatus scheduler,
    List<Defect> defects,
    List<String> old,
    List<String> troubles,
    Sight sight) {

  public Status {
    backgroundWorkers = List.copyOf(backgroundWorkers);
    views = List.copyOf(views);
    running = List.copyOf(running);
    queueWorkers = List.copyOf(queueWorkers);
    unserved = List.copyOf(unserved);
    old = List.copyOf(old);
    troubles = List.copyOf(troubles);
    defects = List.copyOf(defects);
  }

  /**
   * A part of the status, or a row of one, that could not be read.
   *
   * @param part such as {@code running_jobs}
   * @param traceId under which the log has its stack
   */
  public record Defect(String part, String traceId) {}

  Status with(List<Defect> missing, List<String> ofEarlier, Sight seen) {
    return new Status(
        asOf,
        redisUp,
        ingestion,
        backgroundWorkers,
        views,
        jobs,
        running,
        queueWorkers,
        unserved,
        scheduler,
        missing,
        ofEarlier,
        troubles,
        seen);
  }

  /** This, with what the process that reads it has to say of itself. */
  public Status and(List<String> ownTroubles) {
    if (ownTroubles.isEmpty()) {
      return this;
    }
    List<String> all = new ArrayList<>(troubles);
    all.addAll(ownTroubles);
    return new Status(
        asOf,
        redisUp,
        ingestion,
        backgroundWorkers,
        views,
        jobs,
        running,
        queueWorkers,
        unserved,
        scheduler,
        defects,
        old,
        all,
        sight);
  }

  Status with(boolean redis, List<RunningJob> jobsRunning) {
    return new Status(
        asOf,
        redis,
        ingestion,
        backgroundWorkers,
        views,
        jobs,
        jobsRunning,
        queueWorkers,
        unserved,
        scheduler,
        defects,
        old,
        troubles,
        sight);
  }

  /**
   * A materialized view: how fresh it is, and its newest refresh. Says nothing that changes while
   * nothing happens.
   *
   * @param status how fresh it is; null when it is not kept fresh any more
   * @param reason why it is BLOCKED or FAILED
   * @param missingSince when the oldest change was made that the view does not show
   * @param deadline when it becomes LATE
   * @param dueAt when it is refreshed next, as things are
   * @param refreshing whether a job for it is unfinished
   * @param lastStatus {@code success} or {@code error}; null: never refreshed
   * @param rows null: not counted
   */
  public record ViewSummary(
      String viewName,
      @Nullable Freshness status,
      @Nullable String reason,
      @Nullable Instant missingSince,
      @Nullable Instant deadline,
      @Nullable Instant dueAt,
      boolean refreshing,
      @Nullable String lastStatus,
      @Nullable Instant lastRefreshAt,
      @Nullable Long durationMs,
      @Nullable Long rows,
      @Nullable String lastError,
      @Nullable Instant lastSuccessAt) {}

  /**
   * A job that is being worked on.
   *
   * @param workerId null while it waits for its children
   * @param startedAt null: a batch, which itself is never run
   * @param progress what its handler said last, or how many of its children have finished; null:
   *     not known
   */
  public record RunningJob(
      @JsonSerialize(using = ToStringSerializer.class) long id,
      String kind,
      String queue,
      String state,
      int attempt,
      int maxAttempts,
      @Nullable String workerId,
      @Nullable String backgroundWorker,
      @JsonSerialize(using = ToStringSerializer.class) @Nullable Long parentId,
      String trigger,
      boolean cancelRequested,
      @Nullable Instant startedAt,
      @JsonIgnoreProperties("at") @Nullable Progress progress) {

    RunningJob with(@Nullable Progress said) {
      return new RunningJob(
          id,
          kind,
          queue,
          state,
          attempt,
          maxAttempts,
          workerId,
          backgroundWorker,
          parentId,
          trigger,
          cancelRequested,
          startedAt,
          said);
    }
  }

  /**
   * A queue worker process.
   *
   * @param state {@code running} or {@code draining}; {@code "lost"} when its lease has ended
   * @param running the jobs it holds
   */
  public record QueueWorker(
      String workerId,
      String name,
      String host,
      long pid,
      List<String> queues,
      int concurrency,
      String state,
      long running,
      Instant startedAt,
      Instant heartbeatAt) {
    public QueueWorker {
      queues = List.copyOf(queues);
    }
  }
}
