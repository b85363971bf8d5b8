package dev.millrace.drills.proxy;

import java.io.IOException;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** Ends of connections. */
final class Sockets {
  private Sockets() {}

  /** The other side gets a RST. */
  static void reset(@Nullable Socket socket) {
    if (socket == null) {
      return;
    }
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // closed already
    }
    close(socket);
  }

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // there is nothing left to close
    }
  }
}
