package dev.millrace.api.jobs;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.millrace.job.JobState;
import dev.millrace.job.read.Job;
import dev.millrace.job.read.JobDetail;
import dev.millrace.progress.Progress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A job as lists show it. Ids are text: they are names, and JavaScript's numbers end earlier. */
record JobView(
    String id,
    String kind,
    String queue,
    String state,
    int priority,
    int attempt,
    int maxAttempts,
    String trigger,
    @Nullable String backgroundWorker,
    @Nullable String parentId,
    @Nullable String workerId,
    @Nullable String lockKey,
    @Nullable String uniqueKey,
    boolean cancelRequested,
    Instant createdAt,
    Instant runAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable String error) {

  static JobView of(Job job) {
    return new JobView(
        Long.toString(job.id()),
        job.kind(),
        job.queue(),
        job.state().text(),
        job.priority(),
        job.attempt(),
        job.maxAttempts(),
        job.trigger(),
        job.backgroundWorker(),
        job.parentId() == null ? null : job.parentId().toString(),
        job.workerId(),
        job.lockKey(),
        job.uniqueKey(),
        job.cancelRequestedAt() != null,
        job.createdAt(),
        job.runAt(),
        job.startedAt(),
        job.finishedAt(),
        job.error());
  }

  /**
   * A page of a list. It may hold fewer jobs than were asked for, or none, and go on.
   *
   * @param nextCursor null: this is the last page
   */
  record Page(List<JobView> jobs, @Nullable String nextCursor) {
    Page {
      jobs = List.copyOf(jobs);
    }
  }

  /**
   * All of one job.
   *
   * @param payload JSON, as Postgres has it to the digit, as {@code result}
   */
  record Detail(
      @JsonUnwrapped JobView job,
      long fence,
      @JsonRawValue String payload,
      @JsonRawValue @Nullable String result,
      @Nullable Shown progress,
      Children children,
      List<JobDetail.Attempt> attempts,
      List<JobDetail.LogLine> log) {

    Detail {
      attempts = List.copyOf(attempts);
      log = List.copyOf(log);
    }

    static Detail of(JobDetail detail, Optional<Progress> progress) {
      return new Detail(
          JobView.of(detail.job()),
          detail.job().fence(),
          detail.payload(),
          detail.result(),
          progress.map(Shown::of).orElse(null),
          Children.of(detail),
          detail.attempts(),
          detail.log());
    }
  }

  /**
   * How far a job is.
   *
   * @param total 0: not known
   */
  record Shown(long current, long total, String message, Instant at) {
    static Shown of(Progress progress) {
      return new Shown(progress.current(), progress.total(), progress.message(), progress.at());
    }
  }

  /**
   * The children of a job.
   *
   * @param more whether it has more than {@code total}: there the counting stops
   */
  record Children(long total, boolean more, long left, Map<String, Long> byState) {
    static Children of(JobDetail detail) {
      Map<String, Long> byState = new LinkedHashMap<>();
      long total = 0;
      for (JobState state : JobState.values()) {
        long jobs = detail.children().getOrDefault(state, 0L);
        total += jobs;
        if (jobs > 0) {
          byState.put(state.text(), jobs);
        }
      }
      return new Children(
          total, total == JobDetail.MOST_CHILDREN, detail.job().childrenLeft(), byState);
    }
  }
}
