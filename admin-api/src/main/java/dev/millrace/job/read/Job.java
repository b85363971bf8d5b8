package dev.millrace.job.read;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.millrace.job.JobState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job as its row has it, without what can be large (see {@link JobDetail}). Its JSON is what
 * lists of the API show; ids are text there, because JavaScript's integers end at 2^53.
 *
 * @param attempt the attempts begun so far
 * @param fence of the newest claim; 0 before the first
 * @param workerId the queue worker that holds it, or held it last
 * @param childrenLeft the unfinished children; valid only while {@code waiting}
 * @param cancelRequestedAt when a cancel was requested
 * @param error of the last attempt that failed; cut to 500 characters in lists
 */
@JsonPropertyOrder({
  "id",
  "kind",
  "queue",
  "state",
  "priority",
  "attempt",
  "maxAttempts",
  "trigger",
  "backgroundWorker",
  "parentId",
  "workerId",
  "lockKey",
  "uniqueKey",
  "cancelRequested"
})
public record Job(
    @JsonSerialize(using = ToStringSerializer.class) long id,
    String kind,
    String queue,
    JobState state,
    int priority,
    int attempt,
    int maxAttempts,
    @JsonIgnore long fence,
    @Nullable String workerId,
    @Nullable String lockKey,
    @Nullable String uniqueKey,
    @JsonSerialize(using = ToStringSerializer.class) @Nullable Long parentId,
    @JsonIgnore int childrenLeft,
    @Nullable String backgroundWorker,
    String trigger,
    @JsonIgnore @Nullable Instant cancelRequestedAt,
    Instant createdAt,
    Instant runAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable String error) {

  /** Whether a cancel was requested, whatever the job's state is now. */
  @JsonProperty
  public boolean cancelRequested() {
    return cancelRequestedAt != null;
  }
}
