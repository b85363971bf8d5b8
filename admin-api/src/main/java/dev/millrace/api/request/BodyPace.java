package dev.millrace.api.request;

import dev.millrace.api.problem.ClientFaults;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.server.HangUp;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;

/**
 * How fast a body must come, because a thread waits for it: no silence longer than five seconds,
 * and after the first five seconds at least 4 KiB a second since the beginning. For one request and
 * one thread.
 */
final class BodyPace {
  static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final long BYTES_A_SECOND = 4 * 1024;
  private static final int CHUNK = 64 * 1024;

  private final @Nullable EndPoint connection;
  private final long idleTimeout;
  private final long start = System.nanoTime();
  private long received;

  private BodyPace(@Nullable EndPoint connection) {
    this.connection = connection;
    this.idleTimeout = connection == null ? 0 : connection.getIdleTimeout();
    if (connection != null) {
      connection.setIdleTimeout(LONGEST_SILENCE.toMillis());
    }
  }

  static BodyPace of(Context ctx) {
    return new BodyPace(HangUp.connection(ctx));
  }

  /**
   * The next 64 KiB; less at the end of the body, nothing after it.
   *
   * @throws IOException also after a silence that is too long
   */
  byte[] next(InputStream in) throws IOException {
    byte[] chunk = new byte[CHUNK];
    int length = 0;
    while (length < CHUNK) {
      int read = in.read(chunk, length, CHUNK - length);
      if (read < 0) {
        return Arrays.copyOf(chunk, length);
      }
      length += read;
      received += read;
      check();
    }
    return chunk;
  }

  private void check() {
    Duration late = Duration.ofNanos(System.nanoTime() - start).minus(GRACE);
    if (!late.isNegative() && received < BYTES_A_SECOND * late.plus(GRACE).toSeconds()) {
      throw new ProblemException(tooSlow());
    }
  }

  static Problem tooSlow() {
    return ClientFaults.tooSlow(
        "the body must come at "
            + BYTES_A_SECOND
            + " bytes a second or more, without a silence of "
            + LONGEST_SILENCE.toSeconds()
            + " seconds");
  }

  /** The connection has its own time-out again. */
  void end() {
    if (connection != null) {
      connection.setIdleTimeout(idleTimeout);
    }
  }
}
