package dev.millrace.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run of a background worker: its job.
 *
 * @param state a state of jobs
 * @param trigger what asked for it, such as {@code schedule} or {@code manual}
 * @param slot what it is for; null unless a slot asked for it
 * @param attempt the attempts begun so far
 * @param workerId the queue worker that holds it, or held it last
 * @param error of the last attempt that failed; at most 500 characters
 */
public record WorkerRun(
    long id,
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

  /** How long its last attempt took, children included; empty unless it began and has ended. */
  public Optional<Duration> duration() {
    return startedAt == null || finishedAt == null
        ? Optional.empty()
        : Optional.of(Duration.between(startedAt, finishedAt));
  }
}
