package dev.millrace.job.read;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run of a background worker: its job. Its JSON is what the API shows.
 *
 * @param state a state of jobs
 * @param trigger what enqueued it, such as {@code schedule} or {@code manual}
 * @param slot the slot that enqueued it; null: another trigger did
 * @param attempt the attempts begun so far
 * @param workerId the queue worker that holds it, or held it last
 * @param error of the last attempt that failed; at most 500 characters
 */
@JsonPropertyOrder({
  "job_id",
  "state",
  "trigger",
  "slot",
  "attempt",
  "maxAttempts",
  "workerId",
  "createdAt",
  "startedAt",
  "finishedAt",
  "durationMs"
})
public record WorkerRun(
    @JsonProperty("job_id") @JsonSerialize(using = ToStringSerializer.class) long id,
    String state,
    String trigger,
    @Nullable Instant slot,
    int attempt,
    int maxAttempts,
    @Nullable String workerId,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable String error) {

  /**
   * How long its last attempt took in milliseconds, children included; null unless it has ended.
   */
  @JsonProperty
  public @Nullable Long durationMs() {
    return startedAt == null || finishedAt == null
        ? null
        : Duration.between(startedAt, finishedAt).toMillis();
  }
}
