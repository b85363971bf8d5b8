package dev.millrace.queue;

import org.jspecify.annotations.Nullable;

/**
 * A job that this worker holds under a fence.
 *
 * @param payload JSON text
 * @param attempt this one, from 1
 * @param fence the number of this claim; every write of its outcome carries it
 */
public record ClaimedJob(
    long id,
    String kind,
    String queue,
    String payload,
    int priority,
    int attempt,
    int maxAttempts,
    long fence,
    @Nullable String lockKey,
    @Nullable Long parentId,
    @Nullable String backgroundWorker,
    String trigger) {

  /** Whether other rows have to hear of its end. */
  boolean hasFamily() {
    return parentId != null || backgroundWorker != null;
  }
}
