package dev.millrace.app.process;

import dev.millrace.app.config.Config;
import dev.millrace.app.error.NetworkReason;
import dev.millrace.app.error.UserError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Checks that a port is free before anything slow is started. */
final class PortCheck {
  private PortCheck() {}

  /**
   * Returns when the port is free; another process may still take it.
   *
   * @throws UserError when it is in use, or this account may not use it
   */
  static void refuseIfTaken(Config.Http http) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(http.host(), http.port()));
    } catch (IOException e) {
      throw new UserError(
          "port "
              + http.port()
              + " of "
              + http.host()
              + " cannot be listened on: "
              + NetworkReason.ofListening(e, http.port()),
          e);
    }
  }
}
