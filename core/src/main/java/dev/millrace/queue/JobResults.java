package dev.millrace.queue;

import dev.millrace.db.Sql;
import dev.millrace.job.Enqueued;
import dev.millrace.job.JobState;
import dev.millrace.job.NewJob;
import dev.millrace.job.OnChildFailure;
import dev.millrace.job.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Records what came of attempts. Every statement carries the fence and the worker of its claim and
 * changes nothing when the job has been given to another since. A job's end, what its background
 * worker's row is to show and its parent's count are one transaction. It fails when a row has been
 * locked by another transaction for more than a quarter of a second: then {@link #unlocked} says
 * which jobs can be recorded meanwhile. Thread-safe.
 */
public final class JobResults {
  private static final String COMPLETE = Sql.of(JobResults.class, "complete");
  private static final String COMPLETE_IN = Sql.of(JobResults.class, "completeIn");
  private static final String HAND_BACK = Sql.of(JobResults.class, "handBack");
  private static final String CANCEL_REQUESTED = Sql.of(JobResults.class, "cancelRequested");
  private static final String TRIED_FOR = Sql.of(JobResults.class, "triedFor");
  private static final String STILL_MINE = Sql.of(JobResults.class, "stillMine");

  /** The same stands in complete.sql, which is no transaction of several statements. */
  private static final String BRIEFLY = "SET LOCAL lock_timeout = '250ms'";

  private final Jdbi jdbi;
  private final QueueClient client;

  public JobResults(Jdbi jdbi, QueueClient client) {
    this.jdbi = jdbi;
    this.client = client;
  }

  /** Why a job goes back to be run again; the text is what {@code job_attempts.outcome} says. */
  public enum Again {
    FAILED("failed", true),
    /** Its process has vanished, perhaps because of the job. */
    LOST("lost", true),
    /** Its worker has lost the lease, and its process lives. */
    LEFT("lost", true),
    HANDED_BACK("handed_back", false),
    SNOOZED("snoozed", false);

    final String text;
    final boolean spent;

    Again(String text, boolean spent) {
      this.text = text;
      this.spent = spent;
    }

    /** Whether the handler returned or threw: the job did not end its process. */
    boolean ran() {
      return this == FAILED || this == SNOOZED;
    }
  }

  /**
   * Records attempts that completed their jobs: one statement for all that were claimed under one
   * worker id.
   *
   * @return the ids of those whose claim was the newest
   */
  public Set<Long> completed(List<Completed> attempts) {
    boolean family = attempts.stream().anyMatch(attempt -> attempt.job().family());
    return family
        ? recording(
            handle -> {
              Map<Long, Boolean> finished = complete(handle.getConnection(), attempts);
              Families.ended(
                  handle,
                  attempts.stream()
                      .map(Completed::job)
                      .filter(job -> job.family() && finished.getOrDefault(job.id(), false))
                      .map(ClaimedJob::id)
                      .toList());
              return finished.keySet();
            })
        : Calls.withHandle(jdbi, handle -> complete(handle.getConnection(), attempts).keySet());
  }

  /**
   * Runs a transaction that waits only briefly for rows that others have locked; see {@link
   * #unlocked}.
   */
  private <T> T recording(HandleCallback<T, SQLException> work) {
    return recording(jdbi, work);
  }

  public static <T> T recording(Jdbi jdbi, HandleCallback<T, SQLException> work) {
    return Calls.inTransaction(
        jdbi,
        handle -> {
          Calls.execute(handle, BRIEFLY);
          return work.withHandle(handle);
        });
  }

  /**
   * Those of some jobs whose rows, and whose parents' rows, no other transaction has locked at the
   * moment.
   */
  public Set<Long> unlocked(List<Long> jobIds) {
    return Calls.inTransaction(jdbi, handle -> Families.unlocked(handle, jobIds));
  }

  /**
   * An attempt that completed its job.
   *
   * @param result JSON, or null when there is nothing to tell
   */
  public record Completed(ClaimedJob job, @Nullable String result) {}

  /** Whether each job whose claim was the newest has finished, or waits for its children. */
  private static Map<Long, Boolean> complete(Connection connection, List<Completed> attempts)
      throws SQLException {
    Map<Long, Boolean> finished = new HashMap<>(attempts.size() * 2);
    Map<String, List<Completed>> byWorkerId =
        attempts.stream().collect(Collectors.groupingBy(attempt -> attempt.job().workerId()));
    for (Map.Entry<String, List<Completed>> claimed : byWorkerId.entrySet()) {
      complete(connection, claimed.getKey(), claimed.getValue(), finished);
    }
    return finished;
  }

  private static void complete(
      Connection connection, String workerId, List<Completed> attempts, Map<Long, Boolean> finished)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COMPLETE)) {
      statement.setObject(1, attempts.stream().mapToLong(attempt -> attempt.job().id()).toArray());
      statement.setObject(
          2, attempts.stream().mapToLong(attempt -> attempt.job().fence()).toArray());
      statement.setArray(
          3, connection.createArrayOf("text", attempts.stream().map(Completed::result).toArray()));
      statement.setString(4, workerId);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          finished.put(rows.getLong(1), rows.getBoolean(2));
        }
      }
    }
  }

  /**
   * Records, in the caller's transaction, that a job without family has completed. To be its last
   * statement: Postgres ends the transaction when it stays idle.
   *
   * @param result JSON
   * @return false when the claim was stale
   */
  public static boolean completeIn(Handle transaction, ClaimedJob job, String result) {
    try (PreparedStatement statement = transaction.getConnection().prepareStatement(COMPLETE_IN)) {
      statement.setString(1, result);
      statement.setLong(2, job.id());
      statement.setLong(3, job.fence());
      statement.setString(4, job.workerId());
      return statement.executeQuery().next();
    } catch (SQLException e) {
      throw new QueueException("job " + job.id() + " could not be completed", e);
    }
  }

  /**
   * Records that a job has ended.
   *
   * @param state COMPLETED, FAILED or CANCELLED
   * @param error kept on the job and, unless it completed, on the attempt
   * @param result JSON
   * @return false when the claim was stale
   */
  public boolean ended(
      ClaimedJob job, JobState state, @Nullable String error, @Nullable String result) {
    return recording(handle -> Endings.end(handle, Endings.Claim.of(job), state, error, result));
  }

  /**
   * Records that the job's own work is done and that it waits for children, which are enqueued with
   * it. No children: it has completed. A job that is to be cancelled gets none and ends.
   *
   * @return false when the claim was stale; no child was enqueued
   */
  public boolean waiting(ClaimedJob job, List<NewJob> children, String result) {
    return waiting(job, new Outcome.WaitFor(children, result, OnChildFailure.CONTINUE));
  }

  /** As {@link #waiting(ClaimedJob, List, String)}, saying what a failed child means for it. */
  public boolean waiting(ClaimedJob job, Outcome.WaitFor waitFor) {
    List<NewJob> children = waitFor.children();
    String result = waitFor.result();
    if (children.isEmpty()) {
      return ended(job, JobState.COMPLETED, null, result);
    }
    List<Enqueued> enqueued = new ArrayList<>();
    boolean recorded =
        recording(
            handle -> {
              QueueClient.Children made = client.insertChildren(handle, children, job.id());
              enqueued.addAll(made.enqueued());
              boolean none = enqueued.stream().noneMatch(Enqueued::created);
              JobState state = none ? JobState.COMPLETED : JobState.WAITING;
              Optional<Boolean> finished =
                  Endings.write(
                      handle,
                      Endings.Claim.of(job),
                      new Endings.End(
                          state, null, result, made.uncounted(), waitFor.onChildFailure()));
              if (finished.isEmpty()) {
                handle.rollback();
                return false;
              }
              if (finished.get()) {
                Families.ended(handle, job.id());
              }
              return true;
            });
    return recorded || (isCancelled(job) && ended(job, JobState.CANCELLED, null, null));
  }

  /** Whether a cancel was requested for this attempt, while it is the newest. */
  private boolean isCancelled(ClaimedJob job) {
    return Calls.withHandle(
        jdbi,
        handle ->
            handle
                .select(CANCEL_REQUESTED, job.id(), job.fence(), job.workerId())
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false));
  }

  /**
   * Records that the job is to be run again. One that is to be cancelled ends instead.
   *
   * @param delay from now by the database's clock
   * @return false when the claim was stale
   */
  public boolean again(ClaimedJob job, Again why, Duration delay, @Nullable String error) {
    boolean recorded =
        recording(handle -> Endings.again(handle, Endings.Claim.of(job), why, delay, error));
    if (recorded) {
      client.announce(delay);
    }
    return recorded;
  }

  /** Whether a time has passed, by the database's clock, since the first attempt of a job began. */
  public boolean triedFor(long jobId, Duration time) {
    return Calls.withHandle(
        jdbi,
        handle ->
            handle
                .createQuery(TRIED_FOR)
                .bind("id", jobId)
                .bind("millis", time.toMillis())
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false));
  }

  /**
   * Gives a job back whose claim the worker made but never had an answer to.
   *
   * @return false when the claim was stale
   */
  public boolean handBack(String workerId, Claims.Unacknowledged unacknowledged) {
    Endings.Claim claim =
        new Endings.Claim(unacknowledged.job().jobId(), unacknowledged.fence(), workerId);
    return !handBack(List.of(claim), "the answer to its claim was lost").isEmpty();
  }

  /**
   * Gives jobs back to be run again at once, their attempts not spent: one statement for all of
   * them. Those that are to be cancelled end instead.
   *
   * @return the ids of those whose claim was the newest
   */
  public Set<Long> handedBack(List<ClaimedJob> jobs) {
    return handBack(jobs.stream().map(Endings.Claim::of).toList(), null);
  }

  private Set<Long> handBack(List<Endings.Claim> claims, @Nullable String error) {
    return recording(
        handle -> {
          Map<Long, JobState> states = new HashMap<>();
          handle
              .createQuery(HAND_BACK)
              .bindArray("ids", Long.class, claims.stream().map(Endings.Claim::jobId).toList())
              .bindArray("fences", Long.class, claims.stream().map(Endings.Claim::fence).toList())
              .bindArray(
                  "workerIds", String.class, claims.stream().map(Endings.Claim::workerId).toList())
              .bind("error", error)
              .map((row, context) -> states.put(row.getLong(1), JobState.of(row.getString(2))))
              .list();
          Families.ended(
              handle,
              states.entrySet().stream()
                  .filter(job -> job.getValue().finished())
                  .map(Map.Entry::getKey)
                  .toList());
          return states.keySet();
        });
  }

  /**
   * Whether the claim is the newest of its job; if so it stays the newest until this transaction
   * ends; Postgres ends it when it stays idle.
   */
  public static boolean stillMine(Handle transaction, ClaimedJob job) {
    return transaction
        .select(STILL_MINE, job.id(), job.fence(), job.workerId())
        .mapTo(String.class)
        .findOne()
        .isPresent();
  }
}
