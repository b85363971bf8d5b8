package dev.millrace.http.job;

import dev.millrace.http.HostPauses;
import dev.millrace.job.JobContext;
import dev.millrace.job.Outcome;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** What a job does whose server has asked for a pause; see {@link HostPauses}. */
public final class PausedServers {
  /** A random addition, so that the jobs that waited for a server do not all return at once. */
  private static final int SPREAD_MILLIS = 1_000;

  private PausedServers() {}

  /**
   * The outcome of a job whose server is paused; empty: it may call it.
   *
   * @param what waits, for the log
   */
  public static Optional<Outcome> snooze(URI url, String what, JobContext context) {
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
}
