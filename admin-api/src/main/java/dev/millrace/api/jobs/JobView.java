package dev.millrace.api.jobs;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.millrace.job.JobState;
import dev.millrace.job.read.Job;
import dev.millrace.job.read.JobDetail;
import dev.millrace.progress.Progress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One job with all its details.
 *
 * @param payload JSON as Postgres keeps it, each digit; as {@code result}
 * @param progress as its handler reported it last; null unless it runs
 */
record JobView(
    @JsonUnwrapped Job job,
    long fence,
    @JsonRawValue String payload,
    @JsonRawValue @Nullable String result,
    @Nullable Progress progress,
    Children children,
    List<JobDetail.Attempt> attempts,
    List<JobDetail.LogLine> log) {

  JobView {
    attempts = List.copyOf(attempts);
    log = List.copyOf(log);
  }

  static JobView of(JobDetail detail, Optional<Progress> progress) {
    return new JobView(
        detail.job(),
        detail.job().fence(),
        detail.payload(),
        detail.result(),
        progress.orElse(null),
        Children.of(detail),
        detail.attempts(),
        detail.log());
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
