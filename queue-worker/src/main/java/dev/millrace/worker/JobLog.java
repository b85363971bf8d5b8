package dev.millrace.worker;

import dev.millrace.db.Sql;
import dev.millrace.queue.Calls;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.jdbi.v3.core.Jdbi;

/** The log lines of running jobs on their way to Postgres, many at once. Thread-safe. */
final class JobLog {
  private static final String INSERT = Sql.of(JobLog.class, "insert");
  private static final int MOST_WAITING = 100_000;
  private static final int LONGEST = 10_000;
  private static final int BATCH = 5_000;

  private final Jdbi jdbi;
  private final LinkedBlockingQueue<Line> waiting = new LinkedBlockingQueue<>(MOST_WAITING);

  /** Taken from those that wait, and not yet known to be written. */
  private final List<Line> writing = new ArrayList<>();

  JobLog(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  private record Line(long jobId, int attempt, String level, String message) {}

  /** Takes a line; drops it when a hundred thousand are waiting for a database that is away. */
  void add(long jobId, int attempt, String level, String message) {
    String kept = message.length() > LONGEST ? message.substring(0, LONGEST) : message;
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
   * Writes what is waiting; what could not be written is the first of the next time. For one
   * thread.
   */
  void flush() {
    int unusedToo = waiting.drainTo(writing, BATCH - writing.size());
    if (!writing.isEmpty()) {
      write(List.copyOf(writing));
      writing.clear();
    }
  }

  private void write(List<Line> lines) {
    int unused =
        Calls.withHandle(
            jdbi,
            handle ->
                handle
                    .createUpdate(INSERT)
                    .bindArray("jobIds", Long.class, lines.stream().map(Line::jobId).toList())
                    .bindArray(
                        "attempts", Integer.class, lines.stream().map(Line::attempt).toList())
                    .bindArray("levels", String.class, lines.stream().map(Line::level).toList())
                    .bindArray("messages", String.class, lines.stream().map(Line::message).toList())
                    .execute());
  }
}
