package dev.millrace.stats;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.db.Sql;
import dev.millrace.job.Enqueued;
import dev.millrace.job.NewJob;
import dev.millrace.json.Json;
import dev.millrace.queue.QueueClient;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Enqueues stats jobs and has them run again. Thread-safe. */
public final class StatsJobs {
  public static final String KIND = "stats.update";

  /** The group that is run when none is named. */
  public static final String DEFAULT_GROUP = "stats";

  private static final String ENQUEUE = Sql.of(StatsJobs.class, "enqueue");
  private static final String RETRY = Sql.of(StatsJobs.class, "retry");

  private final Jdbi jdbi;
  private final QueueClient client;

  /** An enqueuer; its jobs go where {@link StatsQueue} says. */
  public StatsJobs(Jdbi jdbi, QueueClient client) {
    this.jdbi = jdbi;
    this.client = client;
  }

  private record Placed(Enqueued enqueued, String queue) {}

  /**
   * Enqueues a job of the default group. A request that has been made before is answered with its
   * job, finished or not; post-match calls that come close together share one job, which starts
   * when there was none for a while.
   *
   * @param requestId 1 to 200 characters; empty: every call is a request of its own
   */
  public Enqueued enqueue(StatsTrigger cause, Optional<String> requestId) {
    return enqueue(cause, requestId, Json.mapper().createObjectNode());
  }

  /**
   * As {@link #enqueue(StatsTrigger, Optional)}.
   *
   * @param extra what else the caller sent; kept in the payload as {@code extra}
   */
  public Enqueued enqueue(StatsTrigger cause, Optional<String> requestId, ObjectNode extra) {
    return jdbi.inTransaction(
        handle -> {
          Placed placed =
              handle
                  .createQuery(ENQUEUE)
                  .bind("cause", cause.text())
                  .bind("requestId", requestId.orElse(null))
                  .bind("extra", extra.toString())
                  .map(
                      (row, context) ->
                          new Placed(
                              new Enqueued(row.getLong(1), row.getBoolean(2)), row.getString(3)))
                  .one();
          Enqueued enqueued = placed.enqueued();
          if (enqueued.created()) {
            NewJob hint = hint(placed.queue(), cause.priority());
            handle.afterCommit(() -> client.announce(hint, enqueued.jobId()));
          }
          return enqueued;
        });
  }

  /**
   * Has a job that failed or was cancelled run again: the functions that had failed, or all.
   *
   * @return false when it is in no such state, is no stats job, or there is none
   */
  public boolean retry(long jobId, boolean everything) {
    return jdbi.inTransaction(
        handle ->
            handle
                .createQuery(RETRY)
                .bind("jobId", jobId)
                .bind("everything", everything)
                .mapTo(Boolean.class)
                .one());
  }

  /** A debounced job has the same hint: what is not due yet is not claimed. */
  private static NewJob hint(String queue, int priority) {
    return NewJob.of(KIND, "{}")
        .inQueue(queue)
        .withPriority(priority)
        .withLockKey("stats:" + DEFAULT_GROUP);
  }
}
