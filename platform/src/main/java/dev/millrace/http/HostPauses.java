package dev.millrace.http;

import dev.millrace.db.Sql;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import org.jdbi.v3.core.Handle;

/**
 * Servers that have asked to be left alone for a while, for all jobs of all queue workers. A job
 * that finds its server paused goes back to the queue without spending an attempt; the job that was
 * told spends one, so that a server which always says so ends it.
 */
public final class HostPauses {
  /** The longest time that a server can ask for where no setting says otherwise. */
  public static final Duration LONGEST = Duration.ofMinutes(5);

  private static final String LEFT = Sql.of(HostPauses.class, "left");
  private static final String PAUSE = Sql.of(HostPauses.class, "pause");
  private static final String FORGET = Sql.of(HostPauses.class, "forget");
  private static final int LONGEST_HOST = 300;

  private HostPauses() {}

  /** The server of an address: its host and port. */
  public static String server(URI url) {
    String host = String.valueOf(url.getHost()).toLowerCase(Locale.ROOT);
    boolean https = "https".equalsIgnoreCase(url.getScheme());
    int port = url.getPort() >= 0 ? url.getPort() : https ? 443 : 80;
    return (host.length() > LONGEST_HOST ? host.substring(0, LONGEST_HOST) : host) + ":" + port;
  }

  /** How long the server wants to be left alone from now on; zero: it does not. */
  public static Duration left(Handle handle, String server) {
    return handle
        .createQuery(LEFT)
        .bind("server", server)
        .mapTo(Long.class)
        .findOne()
        .map(Duration::ofMillis)
        .orElse(Duration.ZERO);
  }

  /** Leaves the server alone, at least as long as it is left alone already. */
  public static void pause(Handle handle, String server, Duration time) {
    if (time.isZero() || time.isNegative()) {
      return;
    }
    handle.createUpdate(FORGET).execute();
    handle.createUpdate(PAUSE).bind("server", server).bind("millis", time.toMillis()).execute();
  }
}
