package dev.millrace.api.problem;

import dev.millrace.text.CodePoints;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Optional;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.EofException;
import org.jspecify.annotations.Nullable;

/**
 * Failures that the server throws and the client has caused: a malformed chunk, an unknown charset,
 * a connection that was closed or fell silent. They are answered with 4xx and leave no trace in the
 * log, which any client that can open a connection could otherwise fill.
 */
public final class ClientFaults {
  /** How many causes of a failure are looked at. */
  private static final int DEPTH = 10;

  private ClientFaults() {}

  /** The problem that answers a failure; empty when the server or a service is at fault. */
  public static Optional<Problem> of(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < DEPTH && cause != null; i++) {
      Problem problem = ofOne(cause);
      if (problem != null) {
        return Optional.of(problem);
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  private static @Nullable Problem ofOne(Throwable cause) {
    if (cause instanceof HttpException refused
        && refused.getCode() >= 400
        && refused.getCode() < 500) {
      return refused.getCode() == 408
          ? tooSlow("the request was not sent to its end in time")
          : incomplete(); // which of the two Jetty throws for a bad chunk depends on how bytes
      // arrive
    }
    if (cause instanceof EofException) {
      return incomplete();
    }
    if (cause instanceof UnsupportedCharsetException
        || cause instanceof IllegalCharsetNameException) {
      return charset();
    }
    return null;
  }

  /**
   * That a body is packed: what it unpacks to cannot be known before, and may be a thousand times
   * as much.
   *
   * @param coding what Content-Encoding says
   */
  public static Problem packed(String coding) {
    return Problem.of(
        415,
        "unsupported_media_type",
        "Unsupported Media Type",
        "Content-Encoding must be identity or absent, was " + CodePoints.first(coding, 100));
  }

  /** The declared charset is not UTF-8. */
  public static Problem charset() {
    return Problem.of(
        415,
        "unsupported_media_type",
        "Unsupported Media Type",
        "the body must be UTF-8; Content-Type names another charset");
  }

  /** The connection ended before the body did, or what came on it is not HTTP. */
  public static Problem incomplete() {
    return Problem.of(
        400, "incomplete_body", "Bad Request", "the body could not be read to its end");
  }

  /** The body came too slowly; the connection is closed after the answer. */
  public static Problem tooSlow(String detail) {
    return Problem.of(408, "request_timeout", "Request Timeout", detail)
        .withHeader("Connection", "close");
  }
}
