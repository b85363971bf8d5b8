package dev.millrace.queue;

import dev.millrace.db.Sql;
import dev.millrace.job.JobState;
import dev.millrace.job.OnChildFailure;
import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements that end one attempt, in the caller's transaction. */
public final class Endings {
  private static final String END = Sql.of(JobResults.class, "end");
  private static final String AGAIN = Sql.of(JobResults.class, "again");
  private static final String ATTEMPT = Sql.of(JobResults.class, "attempt");

  private Endings() {}

  /**
   * What names one claim of a job: a write of its outcome changes nothing once there is a newer.
   */
  public record Claim(long jobId, long fence, String workerId) {
    static Claim of(ClaimedJob job) {
      return new Claim(job.id(), job.fence(), job.workerId());
    }
  }

  /** Ends a job in a final state; false when the claim was stale. */
  public static boolean end(
      Handle handle, Claim claim, JobState state, @Nullable String error, @Nullable String result) {
    if (!state.finished()) {
      throw new IllegalArgumentException("state must be a final one, was " + state);
    }
    if (state != JobState.COMPLETED) {
      attempt(handle, claim, state == JobState.CANCELLED ? "cancelled" : "failed", error);
    }
    Optional<Boolean> finished = write(handle, claim, new End(state, error, result, 0, null));
    if (finished.orElse(false)) {
      Families.ended(handle, claim.jobId());
    }
    return finished.isPresent();
  }

  /** Lets a job be run again; false when the claim was stale. */
  public static boolean again(
      Handle handle, Claim claim, JobResults.Again why, Duration delay, @Nullable String error) {
    attempt(handle, claim, why.text, error);
    Optional<JobState> state =
        handle
            .createQuery(AGAIN)
            .bind("id", claim.jobId())
            .bind("fence", claim.fence())
            .bind("workerId", claim.workerId())
            .bind("delayMillis", delay.toMillis())
            .bind("spent", why.spent)
            .bind("begun", why == JobResults.Again.SNOOZED)
            .bind("vanished", why == JobResults.Again.LOST)
            .bind("ran", why.ran())
            .bind("error", error)
            .map((row, context) -> JobState.of(row.getString(1)))
            .findOne();
    if (state.filter(JobState::finished).isPresent()) {
      Families.ended(handle, claim.jobId());
    }
    return state.isPresent();
  }

  /**
   * How an attempt ends its job.
   *
   * @param children new ones that are not counted yet
   * @param onChildFailure null: as it is
   */
  record End(
      JobState state,
      @Nullable String error,
      @Nullable String result,
      int children,
      @Nullable OnChildFailure onChildFailure) {}

  /** Whether the job has finished, or waits for its children; empty when the claim was stale. */
  static Optional<Boolean> write(Handle handle, Claim claim, End end) {
    OnChildFailure onChildFailure = end.onChildFailure();
    return handle
        .createQuery(END)
        .bind("id", claim.jobId())
        .bind("fence", claim.fence())
        .bind("workerId", claim.workerId())
        .bind("state", end.state().text())
        .bind("error", end.error())
        .bind("result", end.result())
        .bind("children", end.children())
        .bind("onChildFailure", onChildFailure == null ? null : onChildFailure.text())
        .mapTo(Boolean.class)
        .findOne();
  }

  private static void attempt(Handle handle, Claim claim, String outcome, @Nullable String error) {
    handle
        .createUpdate(ATTEMPT)
        .bind("id", claim.jobId())
        .bind("fence", claim.fence())
        .bind("workerId", claim.workerId())
        .bind("outcome", outcome)
        .bind("error", error)
        .execute();
  }
}
