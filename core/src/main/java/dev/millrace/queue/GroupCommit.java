package dev.millrace.queue;

import dev.millrace.db.SqlStates;
import dev.millrace.job.NewJob;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Enqueues the jobs of many threads in few statements. While one is under way the jobs of other
 * threads gather; the next takes all of them, so that they share a round trip and a wait for the
 * disk. After it, those whose jobs it took are likely to be back at once, so who comes first waits
 * for them for a moment; the last to come begins. A thread that is alone does not wait.
 * Thread-safe.
 */
final class GroupCommit {
  private static final int MAX_JOBS = 500;

  /** From the end of a statement, the others are waited for no longer than this. */
  private static final Duration MAX_WAIT = Duration.ofNanos(500_000);

  /** A statement that takes longer is held up by something; a second one may begin beside it. */
  private static final Duration COMMIT_TIMEOUT = Duration.ofMillis(20);

  private static final int MAX_STATEMENTS = 2;

  /** One statement that enqueues all of some jobs or none, and announces none of them. */
  interface Insert {
    /**
     * Enqueues.
     *
     * @return the ids in the order given
     */
    List<Long> insert(List<NewJob> jobs) throws SQLException;
  }

  private final Insert insert;
  private final int most;

  /** The first of them watches the clock. */
  private final List<PendingInsert> gathered = new ArrayList<>();

  private int underWay;

  /** How many are likely to come until {@link #lingerUntil}. */
  private int expected = 1;

  private long lingerUntil = System.nanoTime();

  GroupCommit(Insert insert) {
    this(insert, MAX_JOBS);
  }

  /**
   * With statements of a size.
   *
   * @param most jobs in one, at least 1
   */
  GroupCommit(Insert insert, int most) {
    this.insert = insert;
    this.most = most;
  }

  /** A group whose rows are committed, for the one thread that is to tell of them. */
  record Committed(List<NewJob> jobs, List<Long> ids) {}

  /** What came of one job. */
  record Answer(long jobId, @Nullable Committed toAnnounce) {}

  /**
   * Enqueues a job, with those of other threads if there are any.
   *
   * @throws SQLException what its own insert met: a job that Postgres refuses does not take the
   *     others with it
   */
  Answer enqueue(NewJob job) throws SQLException {
    PendingInsert turn = new PendingInsert(job);
    List<PendingInsert> group = arrive(turn);
    if (group.isEmpty()) {
      group = await(turn);
    }
    Committed committed = group.isEmpty() ? null : lead(group, turn);
    if (turn.alone) {
      turn.jobId = insert.insert(List.of(job)).get(0);
      committed = new Committed(List.of(job), List.of(turn.jobId));
    } else if (turn.error != null) {
      throw turn.error;
    }
    return new Answer(turn.jobId, committed);
  }

  /** The group that it is to lead, empty: others are under way or awaited. */
  private synchronized List<PendingInsert> arrive(PendingInsert turn) {
    gathered.add(turn);
    boolean complete =
        underWay == 0 && (gathered.size() >= expected || System.nanoTime() - lingerUntil >= 0);
    return complete ? begin(turn) : List.of();
  }

  /** The leader's own job and those that came first. Who is left behind has a clock to watch. */
  private List<PendingInsert> begin(PendingInsert leader) {
    underWay++;
    gathered.remove(leader);
    List<PendingInsert> first = gathered.subList(0, Math.min(most - 1, gathered.size()));
    List<PendingInsert> group = new ArrayList<>(first);
    group.add(leader);
    first.clear();
    if (!gathered.isEmpty()) {
      LockSupport.unpark(gathered.get(0).thread);
    }
    return group;
  }

  /**
   * Waits until its job is over, or until it is to lead a group, which is answered. The job may be
   * committed already, so an interrupt has to wait.
   */
  private List<PendingInsert> await(PendingInsert turn) {
    boolean interrupted = false;
    List<PendingInsert> group = checkDeadline(turn);
    while (group.isEmpty() && !turn.over) {
      if (turn.patience > 0) {
        LockSupport.parkNanos(this, turn.patience);
      } else {
        LockSupport.park(this);
      }
      interrupted |= Thread.interrupted();
      group = turn.over ? List.of() : checkDeadline(turn);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return group;
  }

  /** The group that it is to lead; empty: it sets how long to wait, 0 being until it is called. */
  private synchronized List<PendingInsert> checkDeadline(PendingInsert turn) {
    turn.patience = 0;
    if (gathered.isEmpty() || gathered.get(0) != turn || underWay == MAX_STATEMENTS) {
      return List.of();
    }
    long until = underWay == 0 ? lingerUntil : turn.came + COMMIT_TIMEOUT.toNanos();
    turn.patience = until - System.nanoTime();
    return turn.patience > 0 ? List.of() : begin(turn);
  }

  /** An interrupt is for the thread itself, not for the jobs of the others: it has to wait. */
  private @Nullable Committed lead(List<PendingInsert> group, PendingInsert mine) {
    boolean interrupted = Thread.interrupted();
    long began = System.nanoTime();
    try {
      return insertAll(group);
    } finally {
      end(group.size(), System.nanoTime() - began);
      for (PendingInsert turn : group) {
        if (turn != mine) {
          turn.end();
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private @Nullable Committed insertAll(List<PendingInsert> group) {
    List<NewJob> jobs = group.stream().map(turn -> turn.job).toList();
    try {
      List<Long> ids = insert.insert(jobs);
      for (int i = 0; i < ids.size(); i++) {
        group.get(i).jobId = ids.get(i);
      }
      return new Committed(jobs, ids);
    } catch (SQLException e) {
      fail(group, e);
      return null;
    } catch (RuntimeException | Error e) {
      fail(group, new SQLException("the thread that enqueued for others has failed", e));
      throw e;
    }
  }

  private static void fail(List<PendingInsert> group, SQLException failure) {
    boolean alone = group.size() > 1 && isOfOneJob(failure);
    for (PendingInsert turn : group) {
      turn.alone = alone;
      turn.error = failure;
    }
  }

  /**
   * Whether one of the jobs was refused, and with it, all: bad data, a rule that it breaks, or a
   * lock that another transaction holds on something of that job. Whose it was the server does not
   * say, so each is tried alone.
   */
  private static boolean isOfOneJob(SQLException e) {
    String state = e.getSQLState();
    return state != null
        && (state.startsWith("22")
            || state.startsWith("23")
            || state.startsWith("40")
            || state.equals(SqlStates.LOCK_NOT_AVAILABLE));
  }

  private void end(int size, long nanos) {
    PendingInsert first;
    synchronized (this) {
      underWay--;
      expected = size + gathered.size();
      lingerUntil = System.nanoTime() + Math.min(nanos / 2, MAX_WAIT.toNanos());
      if (gathered.isEmpty()) {
        return;
      }
      first = gathered.get(0);
    }
    LockSupport.unpark(first.thread);
  }

  /** One thread's job: it waits until it is over, or until it is to lead a group. */
  private static final class PendingInsert {
    private final NewJob job;
    private final Thread thread = Thread.currentThread();
    private final long came = System.nanoTime();
    private long patience;
    private long jobId;
    private boolean alone;
    private @Nullable SQLException error;
    private volatile boolean over;

    PendingInsert(NewJob job) {
      this.job = job;
    }

    void end() {
      over = true;
      LockSupport.unpark(thread);
    }
  }
}
