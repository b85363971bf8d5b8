package dev.millrace.drills.testbed;

import dev.millrace.drills.DrillException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Waits of a drill for a state of its database. Postgres may be away meanwhile. */
public final class Waits {
  private static final Duration STEP = Duration.ofMillis(20);

  private final Jdbi jdbi;
  private final JobRows jobs;
  private final Duration lease;

  /** Reads over a connection that no drill disturbs. */
  Waits(Jdbi jdbi, JobRows jobs, Duration lease) {
    this.jdbi = jdbi;
    this.jobs = jobs;
    this.lease = lease;
  }

  /**
   * Waits for something that must come.
   *
   * @throws DrillException when it does not within the time
   */
  public void await(String what, Duration most, BooleanSupplier condition) {
    if (!happens(most, condition)) {
      throw new DrillException(what + " did not happen within " + most.toSeconds() + " s");
    }
  }

  /** Waits for something that may come; says whether it did. */
  public boolean happens(Duration most, BooleanSupplier condition) {
    long end = System.nanoTime() + most.toNanos();
    while (true) {
      try {
        if (condition.getAsBoolean()) {
          return true;
        }
      } catch (JdbiException e) {
        // Postgres is away for a moment: that may be what the drill is about
      }
      if (System.nanoTime() - end > 0) {
        return false;
      }
      pause(STEP);
    }
  }

  /** Waits until every job has ended, with the patience that a lost worker needs. */
  public boolean drain() {
    return drain(lease.multipliedBy(2).plusSeconds(15));
  }

  /**
   * Waits until every job has ended.
   *
   * @param patience how long nothing may move before it gives up
   * @return false then; the checker tells which jobs do not end
   */
  public boolean drain(Duration patience) {
    return drain(patience, TestBed.LANE.kind());
  }

  /** As {@link #drain(Duration)}, for the jobs of these kinds. */
  public boolean drain(Duration patience, String... kinds) {
    long moved = -1;
    long since = System.nanoTime();
    while (true) {
      try {
        if (number(
                "SELECT count(*) FROM millrace.jobs WHERE kind = ANY (?::text[])"
                    + " AND state NOT IN ('completed', 'failed', 'cancelled')",
                (Object) kinds)
            == 0) {
          return true;
        }
        long now =
            number("SELECT coalesce(max(seq), 0) FROM drill.history")
                + number(
                    "SELECT count(*) FROM millrace.jobs WHERE state = 'scheduled' AND run_at >"
                        + " now()");
        boolean backingOff =
            number(
                    "SELECT count(*) FROM millrace.jobs"
                        + " WHERE state = 'scheduled' AND run_at > clock_timestamp()")
                > 0;
        if (now != moved || backingOff) {
          moved = now;
          since = System.nanoTime();
        }
      } catch (JdbiException e) {
        since = System.nanoTime();
      }
      if (System.nanoTime() - since > patience.toNanos()) {
        return false;
      }
      pause(STEP.multipliedBy(3));
    }
  }

  /**
   * Waits until {@code target} jobs have completed, as long as some do.
   *
   * @param patience how long none may complete before it gives up
   * @return false then
   */
  public boolean completes(long target, Duration patience) {
    while (true) {
      long before = jobs.completed();
      if (before >= target) {
        return true;
      }
      if (!happens(patience, () -> jobs.completed() > before)) {
        return false;
      }
    }
  }

  /** Lets a random time pass before the next fault, or some before the next look at a state. */
  public static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DrillException("the drill was interrupted");
    }
  }

  private long number(String sql, Object... args) {
    return jdbi.withHandle(handle -> handle.select(sql, args).mapTo(Long.class).one());
  }
}
