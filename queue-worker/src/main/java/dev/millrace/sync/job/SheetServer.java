package dev.millrace.sync.job;

import dev.millrace.http.HostPauses;
import dev.millrace.job.JobContext;
import dev.millrace.job.Outcome;
import dev.millrace.sheet.SheetException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** How a server of sheets is left alone when it asks for it; see {@link HostPauses}. */
final class SheetServer {
  /** Those who waited for the same server do not all come back in the same moment. */
  private static final int SPREAD_MILLIS = 1_000;

  private SheetServer() {}

  /** What to answer instead of reading a sheet whose server is paused. */
  static Optional<Outcome> paused(URI url, String what, JobContext context) {
    if (url.getHost() == null) {
      return Optional.empty();
    }
    String server = HostPauses.server(url);
    Duration left = context.inTransaction(handle -> HostPauses.left(handle, server));
    if (left.isZero()) {
      return Optional.empty();
    }
    context.log(
        "%s waits %d ms: %s has asked to be left alone".formatted(what, left.toMillis(), server));
    return Optional.of(
        Outcome.snooze(left.plusMillis(ThreadLocalRandom.current().nextInt(SPREAD_MILLIS))));
  }

  /**
   * Remembers what a server asked for, if it did.
   *
   * @param url of the sheet; who answered may have been another server, to which it redirects
   * @return when to try again, within the longest time; empty: it did not ask
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
