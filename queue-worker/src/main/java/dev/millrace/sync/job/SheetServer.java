package dev.millrace.sync.job;

import dev.millrace.http.HostPauses;
import dev.millrace.http.job.PausedServers;
import dev.millrace.job.JobContext;
import dev.millrace.job.Outcome;
import dev.millrace.sheet.SheetException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Pauses between requests to servers of sheets that ask for them; see {@link HostPauses}. */
final class SheetServer {
  private SheetServer() {}

  /** The outcome of a job whose server is paused; empty: it may read its sheet. */
  static Optional<Outcome> paused(URI url, String what, JobContext context) {
    return PausedServers.snooze(url, what, context);
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
