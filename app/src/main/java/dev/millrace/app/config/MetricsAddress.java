package dev.millrace.app.config;

import java.net.InetSocketAddress;
import java.util.Optional;

/** Where a process answers with its metrics. Nobody has to sign in there. */
final class MetricsAddress {
  private static final int NONE = -1;

  private MetricsAddress() {}

  /** Empty: nowhere. */
  static Optional<InetSocketAddress> read(Reader reader) {
    String host = reader.read("MILLRACE_METRICS_HOST", Config::host).orElse(Config.DEFAULT_HOST);
    int port = reader.number("MILLRACE_METRICS_PORT", NONE, 0, 65_535);
    return port == NONE ? Optional.empty() : Optional.of(new InetSocketAddress(host, port));
  }
}
