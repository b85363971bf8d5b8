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

/**
 * The log lines of running jobs on their way to Postgres, in batches. Handlers add lines from any
 * thread; the recording thread writes them.
 */
final class JobLog {
  private static final String INSERT = Sql.of(JobLog.class, "insert");
  private static final int MAX_WAITING = 100_000;
  private static final int MAX_LENGTH = 10_000;
  private static final int BATCH = 5_000;
  private static final Duration RETRY_INTERVAL = Duration.ofMillis(250);

  private final Jdbi jdbi;
  private final LinkedBlockingQueue<Line> waiting = new LinkedBlockingQueue<>(MAX_WAITING);

  /** Taken from those that wait, and not known to be written. For the recording thread. */
  private final List<Line> writing = new ArrayList<>();

  JobLog(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Lines of jobs that another transaction has locked. For the recording thread. */
  private final List<Line> locked = new ArrayList<>();

  private long nextRetry = System.nanoTime();

  private record Line(long jobId, int attempt, String level, String message) {}

  /** Takes a line; drops it when 100,000 wait because Postgres is unreachable. */
  void add(long jobId, int attempt, String level, String message) {
    String kept = CodePoints.first(message, MAX_LENGTH);
    waiting.offer(new Line(jobId, attempt, level, kept.replace("\u0000", "")));
  }

  boolean isEmpty() {
    return waiting.isEmpty() && writing.isEmpty();
  }

  /** Drops all lines, except those of locked jobs. */
  void drop() {
    waiting.clear();
    writing.clear();
  }

  /**
   * Writes the next lines, up to {@link #BATCH}. If that fails, they are the first of the next
   * call. Lines of a job that another transaction has locked are tried again every {@link
   * #RETRY_INTERVAL}, and do not delay those of other jobs.
   */
  void flush() {
    if (!locked.isEmpty() && System.nanoTime() - nextRetry >= 0) {
      writing.addAll(0, locked);
      locked.clear();
    }
    waiting.drainTo(writing, Math.max(0, BATCH - writing.size()));
    if (!locked.isEmpty()) { // lines of one job are written in their order
      Set<Long> jobs = locked.stream().map(Line::jobId).collect(Collectors.toSet());
      writing.stream().filter(line -> jobs.contains(line.jobId())).forEach(locked::add);
      writing.removeIf(line -> jobs.contains(line.jobId()));
    }
    if (!writing.isEmpty()) {
      List<Line> lines = List.copyOf(writing);
      List<Integer> lockedPlaces = write(lines);
      writing.clear();
      if (!lockedPlaces.isEmpty()) {
        lockedPlaces.forEach(place -> locked.add(lines.get(place - 1)));
        nextRetry = System.nanoTime() + RETRY_INTERVAL.toNanos();
      }
    }
  }

  /** How many lines wait for locked jobs; a stop of the worker loses them. */
  int locked() {
    return locked.size();
  }

  /** Writes lines; returns the places, from 1, of those whose jobs are locked. */
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
