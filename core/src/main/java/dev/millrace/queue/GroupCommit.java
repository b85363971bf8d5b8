package dev.millrace.queue;

import dev.millrace.job.NewJob;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Enqueues the jobs of many threads in few statements. While as many statements as may be are under
 * way, the jobs of other threads gather; the next statement takes all of them, so that they share a
 * round trip and a wait for the disk. A thread that is alone waits for nobody. Thread-safe.
 */
final class GroupCommit {
  /** Two: one is prepared and answered while the other waits for the disk. */
  private static final int AT_ONCE = 2;

  private static final int MOST = 500;

  /** One statement that enqueues all of some jobs or none, and tells nobody yet. */
  interface Insert {
    /**
     * Enqueues.
     *
     * @return the ids in the order given
     */
    List<Long> insert(List<NewJob> jobs) throws SQLException;
  }

  private final Insert insert;
  private final Queue<Turn> gathered = new ArrayDeque<>();
  private int underWay;

  GroupCommit(Insert insert) {
    this.insert = insert;
  }

  /** A group whose rows are committed, for the one thread that is to tell of them. */
  record Committed(List<NewJob> jobs, List<Long> ids) {}

  /** What came of one job. */
  record Answer(long jobId, @Nullable Committed toTell) {}

  /**
   * Enqueues a job, with those of other threads if there are any.
   *
   * @throws SQLException what its own insert met: a job that Postgres refuses does not take the
   *     others with it
   */
  Answer enqueue(NewJob job) throws SQLException {
    Turn turn = new Turn(job);
    if (!begins(turn)) {
      turn.await();
    }
    Committed committed = turn.group.isEmpty() ? null : lead(turn.group);
    if (turn.alone) {
      turn.jobId = insert.insert(List.of(job)).get(0);
      committed = new Committed(List.of(job), List.of(turn.jobId));
    } else if (turn.error != null) {
      throw turn.error;
    }
    return new Answer(turn.jobId, committed);
  }

  /** Whether it may begin at once; otherwise whoever ends a statement calls it. */
  private synchronized boolean begins(Turn turn) {
    if (underWay == AT_ONCE) {
      gathered.add(turn);
      return false;
    }
    underWay++;
    turn.group = List.of(turn);
    return true;
  }

  private @Nullable Committed lead(List<Turn> group) {
    try {
      return insertAll(group);
    } finally {
      callNext();
      group.forEach(Turn::over);
    }
  }

  private @Nullable Committed insertAll(List<Turn> group) {
    List<NewJob> jobs = group.stream().map(turn -> turn.job).toList();
    SQLException failure = new SQLException("the thread that enqueued for others has failed");
    try {
      List<Long> ids = insert.insert(jobs);
      for (int i = 0; i < ids.size(); i++) {
        group.get(i).jobId = ids.get(i);
      }
      failure = null;
      return new Committed(jobs, ids);
    } catch (SQLException e) {
      failure = e;
      return null;
    } finally {
      if (failure != null) {
        boolean alone = group.size() > 1 && isOfOneJob(failure);
        for (Turn turn : group) {
          turn.alone = alone;
          turn.error = failure;
        }
      }
    }
  }

  /** Whether one of the jobs was refused, and with it, all: bad data, or a rule that it breaks. */
  private static boolean isOfOneJob(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("22") || state.startsWith("23"));
  }

  private void callNext() {
    List<Turn> group = new ArrayList<>();
    synchronized (this) {
      Turn turn;
      while (group.size() < MOST && (turn = gathered.poll()) != null) {
        group.add(turn);
      }
      if (group.isEmpty()) {
        underWay--;
        return;
      }
    }
    Turn first = group.get(0);
    first.group = group;
    first.over();
  }

  /** One thread's job: it waits until it is over, or until it is called to lead a group. */
  private static final class Turn {
    private final NewJob job;
    private final CountDownLatch waiting = new CountDownLatch(1);
    private volatile List<Turn> group = List.of();
    private long jobId;
    private boolean alone;
    private @Nullable SQLException error;

    Turn(NewJob job) {
      this.job = job;
    }

    void over() {
      waiting.countDown();
    }

    /** The job may be committed already, so an interrupt has to wait. */
    void await() {
      boolean interrupted = false;
      while (true) {
        try {
          waiting.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
