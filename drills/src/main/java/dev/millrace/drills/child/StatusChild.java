package dev.millrace.drills.child;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.status.Status;
import dev.millrace.status.StatusReader;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Reads the status several times a second, as API processes do, and notes what it says in the
 * drill's database, to be compared with the history of the jobs.
 */
final class StatusChild {
  private static final Duration PAUSE = Duration.ofMillis(200);

  private StatusChild() {}

  static void start(Arguments arguments) {
    Jdbi jdbi =
        Database.open(DatabaseUrl.parse(arguments.text("database")), arguments.text("name"), 3)
            .jdbi();
    Redis redis = Redis.open(RedisUrl.parse(arguments.text("redis")), 2);
    StatusReader reader = new StatusReader(jdbi, redis, new ProgressBoard(redis));
    var unused =
        Executors.newSingleThreadScheduledExecutor()
            .scheduleWithFixedDelay(
                () -> poll(reader, jdbi), 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void poll(StatusReader reader, Jdbi jdbi) {
    Status status;
    try {
      status = reader.read();
    } catch (RuntimeException e) {
      jdbi.useHandle(
          handle ->
              handle.execute("INSERT INTO drill.status_reads (error) VALUES (?)", e.toString()));
      return;
    }
    jdbi.useTransaction(handle -> note(handle, status));
  }

  private static void note(Handle handle, Status status) {
    long read =
        handle
            .select(
                "INSERT INTO drill.status_reads (as_of) VALUES (?) RETURNING seq", status.asOf())
            .mapTo(Long.class)
            .one();
    PreparedBatch jobs =
        handle.prepareBatch(
            "INSERT INTO drill.status_jobs (read, job_id, state, total) VALUES (?, ?, ?, ?)");
    for (Status.RunningJob job : status.running()) {
      boolean waits = job.state().equals("waiting");
      jobs.add(
          read,
          job.id(),
          job.state(),
          waits && job.progress() != null ? job.progress().total() : null);
    }
    if (jobs.size() > 0) {
      jobs.execute();
    }
  }
}
