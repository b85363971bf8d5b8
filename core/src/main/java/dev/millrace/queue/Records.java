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
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * Records what came of attempts. Every statement carries the fence of its claim and changes nothing
 * when the job has been given to another since. A job's end, its background worker's row and its
 * parent's count are one transaction. Thread-safe.
 */
public final class Records {
  private static final String COMPLETE = Sql.of(Records.class, "complete");
  private static final String COMPLETE_IN = Sql.of(Records.class, "completeIn");
  private static final String END = Sql.of(Records.class, "end");
  private static final String AGAIN = Sql.of(Records.class, "again");
  private static final String ATTEMPT = Sql.of(Records.class, "attempt");
  private static final String CHILDREN_DONE = Sql.of(Records.class, "childrenDone");
  private static final String SHOW = Sql.of(Records.class, "showBackgroundWorkers");
  private static final String CALLBACKS = Sql.of(Records.class, "callbacks");
  private static final String CANCEL_REQUESTED = Sql.of(Records.class, "cancelRequested");
  private static final String TRIED_FOR = Sql.of(Records.class, "triedFor");
  private static final String STILL_MINE = Sql.of(Records.class, "stillMine");

  private final Jdbi jdbi;
  private final JobClient client;

  public Records(Jdbi jdbi, JobClient client) {
    this.jdbi = jdbi;
    this.client = client;
  }

  /** Why a job goes back to be run again; the text is what {@code job_attempts.outcome} says. */
  public enum Again {
    FAILED(true),
    LOST(true),
    HANDED_BACK(false),
    SNOOZED(false);

    private final boolean spent;

    Again(boolean spent) {
      this.spent = spent;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Records attempts that completed their jobs: one statement for all of them.
   *
   * @return the ids of those whose fence was the newest
   */
  public Set<Long> completed(List<Completed> attempts) {
    boolean family = attempts.stream().anyMatch(attempt -> attempt.job().family());
    return family
        ? Calls.inTransaction(
            jdbi,
            handle -> {
              Set<Long> ids = complete(handle.getConnection(), attempts);
              tellFamilies(
                  handle,
                  attempts.stream()
                      .map(Completed::job)
                      .filter(job -> job.family() && ids.contains(job.id()))
                      .map(ClaimedJob::id)
                      .toList());
              return ids;
            })
        : Calls.withHandle(jdbi, handle -> complete(handle.getConnection(), attempts));
  }

  /**
   * An attempt that completed its job.
   *
   * @param result JSON, or null when there is nothing to tell
   */
  public record Completed(ClaimedJob job, @Nullable String result) {}

  private static Set<Long> complete(Connection connection, List<Completed> attempts)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COMPLETE)) {
      statement.setObject(1, attempts.stream().mapToLong(attempt -> attempt.job().id()).toArray());
      statement.setObject(
          2, attempts.stream().mapToLong(attempt -> attempt.job().fence()).toArray());
      statement.setArray(
          3, connection.createArrayOf("text", attempts.stream().map(Completed::result).toArray()));
      Set<Long> ids = new HashSet<>(attempts.size() * 2);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
      }
      return ids;
    }
  }

  /**
   * Records, in the caller's transaction, that a job without family has completed. To be its last
   * statement: Postgres ends the transaction if nothing more is heard of it.
   *
   * @param result JSON
   * @return false when the fence was stale
   */
  public static boolean completeIn(Handle transaction, ClaimedJob job, String result) {
    try (PreparedStatement statement = transaction.getConnection().prepareStatement(COMPLETE_IN)) {
      statement.setString(1, result);
      statement.setLong(2, job.id());
      statement.setLong(3, job.fence());
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
   * @return false when the fence was stale
   */
  public boolean ended(
      ClaimedJob job, JobState state, @Nullable String error, @Nullable String result) {
    return Calls.inTransaction(
        jdbi, handle -> endIn(handle, job.id(), job.fence(), state, error, result));
  }

  /** As {@link #ended}, in the caller's transaction. */
  public boolean endIn(
      Handle handle,
      long jobId,
      long fence,
      JobState state,
      @Nullable String error,
      @Nullable String result) {
    if (!state.finished()) {
      throw new IllegalArgumentException("state must be a final one, was " + state);
    }
    if (state != JobState.COMPLETED) {
      attempt(handle, jobId, fence, state == JobState.CANCELLED ? "cancelled" : "failed", error);
    }
    if (end(handle, jobId, fence, state, error, result, 0) == 0) {
      return false;
    }
    tellFamily(handle, jobId);
    return true;
  }

  /**
   * Records that the job's own work is done and that it waits for children, which are enqueued with
   * it. No children: it has completed. A job that somebody wants cancelled gets none and ends.
   *
   * @return false when the fence was stale; no child was enqueued
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
        Calls.inTransaction(
            jdbi,
            handle -> {
              enqueued.addAll(client.insertChildren(handle, children, job.id()));
              int created = (int) enqueued.stream().filter(Enqueued::created).count();
              JobState state = created > 0 ? JobState.WAITING : JobState.COMPLETED;
              if (end(handle, job.id(), job.fence(), state, null, result, created) == 0) {
                handle.rollback();
                return false;
              }
              if (waitFor.onChildFailure() == OnChildFailure.FAIL) {
                handle.execute(
                    "UPDATE millrace.jobs SET on_child_failure = 'fail' WHERE id = ?", job.id());
              }
              if (state.finished()) {
                tellFamily(handle, job.id());
              }
              return true;
            });
    if (recorded) {
      client.announceAll(children, enqueued);
    }
    return recorded || (isCancelled(job) && ended(job, JobState.CANCELLED, null, null));
  }

  /** Whether somebody wants this attempt, while it is the newest, stopped. */
  private boolean isCancelled(ClaimedJob job) {
    return Calls.withHandle(
        jdbi,
        handle ->
            handle
                .select(CANCEL_REQUESTED, job.id(), job.fence())
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false));
  }

  /**
   * Records that the job is to be run again. One that somebody wants cancelled ends instead.
   *
   * @param delay from now by the database's clock
   * @return false when the fence was stale
   */
  public boolean again(ClaimedJob job, Again why, Duration delay, @Nullable String error) {
    boolean recorded =
        Calls.inTransaction(
            jdbi, handle -> againIn(handle, job.id(), job.fence(), why, delay, error));
    if (recorded) {
      client.announce(delay);
    }
    return recorded;
  }

  /**
   * Whether so much time, by the database's clock, has passed since the first attempt of a job
   * began.
   */
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
   * Gives a job back whose claim was never heard of by the worker that made it.
   *
   * @return false when the fence was stale
   */
  public boolean handBack(Claims.Unheard claim) {
    return Calls.inTransaction(
        jdbi,
        handle ->
            againIn(
                handle,
                claim.job().jobId(),
                claim.fence(),
                Again.HANDED_BACK,
                Duration.ZERO,
                "the answer to its claim was lost"));
  }

  /** As {@link #again}, in the caller's transaction. */
  public boolean againIn(
      Handle handle, long jobId, long fence, Again why, Duration delay, @Nullable String error) {
    attempt(handle, jobId, fence, why.text(), error);
    Optional<JobState> state =
        handle
            .createQuery(AGAIN)
            .bind("id", jobId)
            .bind("fence", fence)
            .bind("delayMillis", delay.toMillis())
            .bind("spent", why.spent)
            .bind("begun", why == Again.SNOOZED)
            .bind("error", error)
            .map((row, context) -> JobState.of(row.getString(1)))
            .findOne();
    if (state.filter(JobState::finished).isPresent()) {
      tellFamily(handle, jobId);
    }
    return state.isPresent();
  }

  /**
   * Whether the fence is the newest of its job; if so it stays the newest until this transaction
   * ends, which Postgres sees to if nothing more is heard of it.
   */
  public static boolean stillMine(Handle transaction, long jobId, long fence) {
    return transaction.select(STILL_MINE, jobId, fence).mapTo(String.class).findOne().isPresent();
  }

  /**
   * Tells the parent and the background worker of a job that has just finished, and their parents
   * in turn.
   */
  public static void tellFamily(Handle handle, long jobId) {
    tellFamilies(handle, List.of(jobId));
  }

  /** As {@link #tellFamily}, for jobs that have finished together. */
  static void tellFamilies(Handle handle, List<Long> jobIds) {
    List<Long> finished = jobIds;
    while (!finished.isEmpty()) {
      show(handle, finished);
      handle.createUpdate(CALLBACKS).bindArray("ids", Long.class, finished).execute();
      finished =
          handle
              .createQuery(CHILDREN_DONE)
              .bindArray("ids", Long.class, finished)
              .mapTo(Long.class)
              .list();
    }
  }

  private static void show(Handle handle, List<Long> finished) {
    List<Cycle> cycles =
        handle
            .createQuery(SHOW)
            .bindArray("ids", Long.class, finished)
            .map(ConstructorMapper.of(Cycle.class))
            .list();
    if (!cycles.isEmpty()) {
      handle.afterCommit(() -> cycles.forEach(Cycle::tell));
    }
  }

  private static int end(
      Handle handle,
      long jobId,
      long fence,
      JobState state,
      @Nullable String error,
      @Nullable String result,
      int children) {
    return handle
        .createUpdate(END)
        .bind("id", jobId)
        .bind("fence", fence)
        .bind("state", state.text())
        .bind("error", error)
        .bind("result", result)
        .bind("children", children)
        .execute();
  }

  private static void attempt(
      Handle handle, long jobId, long fence, String outcome, @Nullable String error) {
    handle
        .createUpdate(ATTEMPT)
        .bind("id", jobId)
        .bind("fence", fence)
        .bind("outcome", outcome)
        .bind("error", error)
        .execute();
  }
}
