package dev.millrace.bench.measure;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import java.time.Duration;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** What Millrace's rows say after a measurement: that it did its work, and when. */
final class MillraceRows {
  private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

  private final TestServers servers;

  MillraceRows(TestServers servers) {
    this.servers = servers;
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
      Pause.of(POLL_INTERVAL);
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
        Database.open(DatabaseUrl.parse(servers.databaseUrl()), "bench check", 1, Limits.LONG)) {
      return database.jdbi().withHandle(question::apply);
    }
  }
}
