package dev.millrace.app.error;

import dev.millrace.embedded.UsedUp;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;

/**
 * Why a machine could not be reached, as half a sentence: the bare message of such a failure is
 * often missing, or only a name.
 */
public final class NetworkReason {
  private NetworkReason() {}

  /**
   * The reason of the deepest cause of a failure.
   *
   * @param host that was to be reached, for failures that do not name it
   */
  public static String of(Throwable failure, String host) {
    Optional<String> limit = UsedUp.of(failure);
    if (limit.isPresent()) {
      return limit.get();
    }
    String reason = "";
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      reason = known(cause, host).orElse(reason);
      if (cause.getCause() == null && reason.isEmpty()) {
        reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
      }
      cause = cause.getCause();
    }
    return reason;
  }

  private static Optional<String> known(Throwable cause, String host) {
    if (cause instanceof UnknownHostException && cause.getMessage() != null) {
      return Optional.of("no host is named '" + cause.getMessage().split(":", -1)[0] + "'");
    }
    if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
      return Optional.of("no host is named '" + host + "'");
    }
    if (cause instanceof SocketTimeoutException && "Read timed out".equals(cause.getMessage())) {
      return Optional.of("it takes too long to answer");
    }
    if (cause instanceof HttpConnectTimeoutException || cause instanceof SocketTimeoutException) {
      return Optional.of("it accepts no connection within 5 s");
    }
    if (cause instanceof HttpTimeoutException) {
      return Optional.of("it takes too long to answer");
    }
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof ConnectException
        && (cause.getMessage() == null || message.contains("refused"))) {
      return Optional.of("nothing listens there");
    }
    return cause instanceof IOException && message.contains("Network is unreachable")
        ? Optional.of("this machine has no way to it")
        : Optional.empty();
  }

  /** Why a port could not be listened on, and what helps. */
  public static String ofListening(IOException failure, int port) {
    Optional<String> limit = UsedUp.of(failure);
    if (limit.isPresent()) {
      return limit.get();
    }
    String message = String.valueOf(failure.getMessage());
    if (message.contains("Permission denied")) {
      return "ports below 1024 are for accounts with that right, such as root; choose another than "
          + port
          + " with --port or MILLRACE_PORT";
    }
    if (message.contains("Unresolved address") || message.contains("Cannot assign")) {
      return "it is no address of this machine; MILLRACE_HOST must be one, such as 127.0.0.1";
    }
    return failure instanceof BindException
        ? "another program uses it; stop that, or choose another with --port or MILLRACE_PORT"
        : message;
  }
}
