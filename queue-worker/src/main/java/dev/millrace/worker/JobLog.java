package dev.millrace.worker;

import dev.millrace.db.Sql;
import dev.millrace.queue.Calls;
import dev.millrace.text.CodePoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** The log lines of running jobs on their way to Postgres, many at once. Thread-safe. */
final class JobLog {
  private static final String INSERT = Sql.of(JobLog.class, "insert");
  private static final int MOST_WAITING = 100_000;
  private static final int LONGEST = 10_000;
  private static final int BATCH = 5_000;
  private static final Duration RETRY = Duration.ofMillis(250);

  private final Jdbi jdbi;
  private final LinkedBlockingQueue<Line> waiting = new LinkedBlockingQueue<>(MOST_WAITING);

  /** Taken from those that wait, and not yet known to be written. */
  private final List<Line> writing = new ArrayList<>();

  JobLog(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Of jobs that another transaction has locked; they are tried again every {@link #RETRY}. */
  private final List<Line> locked = new ArrayList<>();

  private long nextRetry = System.nanoTime();

  private record Line(long jobId, int attempt, String level, String message) {}

  /** Takes a line; drops it when a hundred thousand are waiting for a database that is away. */
  void add(long jobId, int attempt, String level, String message) {
    String kept = CodePoints.first(message, LONGEST);
    boolean unused = waiting.offer(new Line(jobId, attempt, level, kept.replace("\u0000", "")));
  }

  boolean isEmpty() {
    return waiting.isEmpty() && writing.isEmpty();
  }

  /** Gives up what is waiting. */
  void drop() {
    waiting.clear();
    writing.clear();
  }

  /**
   * Writes what is waiting; what could not be written is the first of the next time. Lines of a job
   * that another transaction has locked keep no others from being written. For one thread.
   */
  void flush() {
    if (!locked.isEmpty() && System.nanoTime() - nextRetry >= 0) {
      writing.addAll(0, locked);
      locked.clear();
    }
    int unused = waiting.drainTo(writing, Math.max(0, BATCH - writing.size()));
    if (!locked.isEmpty()) { // a later line of the same job must not come first
      Set<Long> jobs = locked.stream().map(Line::jobId).collect(Collectors.toSet());
      writing.stream().filter(line -> jobs.contains(line.jobId())).forEach(locked::add);
      writing.removeIf(line -> jobs.contains(line.jobId()));
    }
    if (!writing.isEmpty()) {
      List<Line> lines = List.copyOf(writing);
      List<Integer> left = write(lines);
      writing.clear();
      if (!left.isEmpty()) {
        left.forEach(place -> locked.add(lines.get(place - 1)));
        nextRetry = System.nanoTime() + RETRY.toNanos();
      }
    }
  }

  /** How many lines are lost if this is the end, because others have locked their jobs. */
  int locked() {
    return locked.size();
  }

  /** The places, from 1, of those whose jobs another transaction has locked. */
  private List<Integer> write(List<Line> lines) {
    return Calls.withHandle(
        jdbi,
        handle ->
            handle
                .createQuery(INSERT)
                .bindArray("jobIds", Long.class, lines.stream().map(Line::jobId).toList())
                .bindArray("attempts", Integer.class, lines.stream().map(Line::attempt).toList())
                .bindArray("levels", String.class, lines.stream().map(Line::level).toList())
                .bindArray("messages", String.class, lines.stream().map(Line::message).toList())
                .mapTo(Integer.class)
                .list());
  }
}
