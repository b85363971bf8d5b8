package dev.millrace.bench.measure;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import java.time.Duration;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** What Millrace's rows say after a measurement: that it did its work, and when. */
final class MillraceRows {
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Ground ground;

  MillraceRows(Ground ground) {
    this.ground = ground;
  }

  /** Every job completed in one attempt and its row kept; every handler called once. */
  void check(int jobs, long calls) {
    int completed = completed();
    if (completed != jobs || calls != jobs) {
      throw new IllegalStateException(
          jobs
              + " jobs were enqueued, "
              + completed
              + " completed, handlers were called "
              + calls
              + " times: the figures are void");
    }
  }

  /** Waits until no job is unfinished. */
  void awaitEmpty() {
    while (ask(
        handle ->
            handle
                .createQuery(
                    "SELECT EXISTS (SELECT 1 FROM millrace.jobs WHERE finished_at IS NULL)")
                .mapTo(Boolean.class)
                .one())) {
      Pause.of(LOOK);
    }
  }

  int completed() {
    return ask(
        handle ->
            handle
                .createQuery(
                    "SELECT count(*) FROM millrace.jobs WHERE state = 'completed' AND attempt = 1")
                .mapTo(Integer.class)
                .one());
  }

  /** From the first insert to the last record, by the rows. */
  double secondsOfAll() {
    return ask(
        handle ->
            handle
                .createQuery(
                    "SELECT extract(epoch FROM max(finished_at) - min(created_at)) FROM millrace.jobs")
                .mapTo(Double.class)
                .one());
  }

  /** From the first claim to the last record, by the rows. */
  double secondsOfWork() {
    return ask(
        handle ->
            handle
                .createQuery(
                    "SELECT extract(epoch FROM max(finished_at) - min(started_at)) FROM millrace.jobs")
                .mapTo(Double.class)
                .one());
  }

  <T> T ask(Function<Handle, T> question) {
    try (Database database =
        Database.open(DatabaseUrl.parse(ground.databaseUrl()), "bench check", 1, Limits.LONG)) {
      return database.jdbi().withHandle(question::apply);
    }
  }
}
