package dev.millrace.embedded.process;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.UsedUp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.concurrent.ThreadLocalRandom;

/** Ports on 127.0.0.1. */
public final class Ports {
  public static final int ANY = 0;

  // Below the range that Linux gives to outgoing connections (from 32768). A client that keeps
  // calling a server that is down
  // would otherwise sooner or later be given the server's own port, connect to itself and block the
  // restart.
  private static final int LOWEST = 15_000;
  private static final int HIGHEST = 32_000;

  private Ports() {}

  public static void check(int port) {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be 0 (any) to 65535, was " + port);
    }
  }

  static int free() {
    for (int tries = 0; tries < 200; tries++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (isFree(port)) {
        return port;
      }
    }
    throw new EmbeddedServiceException(
        "no free port was found on 127.0.0.1 between %d and %d".formatted(LOWEST, HIGHEST));
  }

  static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(loopback(), port), 1);
      return true;
    } catch (IOException busy) {
      UsedUp.of(busy)
          .ifPresent(
              limit -> {
                throw new EmbeddedServiceException(
                    "no port of 127.0.0.1 can be tried: " + limit, busy);
              });
      return false;
    }
  }

  public static InetAddress loopback() {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    } catch (UnknownHostException wrongLength) {
      throw new IllegalStateException(wrongLength);
    }
  }
}
