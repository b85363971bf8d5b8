package dev.millrace.sync.job;

import dev.millrace.http.HostPauses;
import dev.millrace.job.JobContext;
import dev.millrace.job.Outcome;
import dev.millrace.sheet.SheetException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses between requests to servers of sheets that ask for them; see {@link HostPauses}. */
final class SheetServer {
  /** A random addition, so that the jobs that waited for a server do not all return at once. */
  private static final int SPREAD_MILLIS = 1_000;

  private SheetServer() {}

  /** The outcome of a job whose server is paused; empty: it may read its sheet. */
  static Optional<Outcome> paused(URI url, String what, JobContext context) {
    if (url.getHost() == null) {
      return Optional.empty();
    }
    String server = HostPauses.server(url);
    Duration left = context.inTransaction(handle -> HostPauses.left(handle, server));
    if (left.isZero()) {
      return Optional.empty();
    }
    context.log("%s waits %d ms: %s asked for a pause".formatted(what, left.toMillis(), server));
    return Optional.of(
        Outcome.snooze(left.plusMillis(ThreadLocalRandom.current().nextInt(SPREAD_MILLIS))));
  }

  /**
   * Stores the pause that a server asked for.
   *
   * @param url of the sheet; another server may have answered after a redirect
   * @return when to try again, within the longest pause; empty: the server asked for none
   */
  static Optional<Duration> retryLater(
      SheetException e, URI url, Duration longest, JobContext context) {
    return e.asked()
        .map(
            asked -> {
              Duration wait = asked.time().compareTo(longest) < 0 ? asked.time() : longest;
              context.inTransaction(
                  handle -> {
                    HostPauses.pause(handle, HostPauses.server(url), wait);
                    HostPauses.pause(handle, asked.server(), wait);
                    return true;
                  });
              return wait;
            });
  }
}
