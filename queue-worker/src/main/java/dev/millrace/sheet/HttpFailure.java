package dev.millrace.sheet;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;

/** Describes failures of the network in texts that cannot contain the URL. */
public final class HttpFailure {
  private HttpFailure() {}

  /** What failed, for a sentence about a host. */
  public static String reason(IOException e, SheetLimits limits) {
    if (e instanceof UnknownHostException) {
      return "unknown host";
    } else if (e instanceof ConnectTimeoutException) {
      return "no connection within " + text(limits.connectTime());
    } else if (e instanceof ConnectException) {
      return "connection refused";
    } else if (e instanceof InterruptedIOException) { // all time-outs are such
      return "no data within " + text(limits.readTime());
    } else if (e instanceof SSLException) {
      return "TLS: " + e.getMessage();
    }
    return "the connection broke (" + e.getClass().getSimpleName() + ")";
  }

  /** A time with its unit. */
  static String text(Duration time) {
    return time.toMillis() % 1_000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }
}
