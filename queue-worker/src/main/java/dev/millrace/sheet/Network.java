package dev.millrace.sheet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * The two ways in which reading a sheet touches the network, so that tests and drills can stand in
 * between: they answer for names, and send nothing.
 */
public interface Network {
  /** The machine's own. */
  Network SYSTEM = new Network() {};

  /** All addresses of a name, or the address that the text is. */
  default InetAddress[] resolve(String host) throws UnknownHostException {
    return InetAddress.getAllByName(host);
  }

  /** Connects to an address that the policy has let pass. */
  default void connect(InetSocketAddress to, Connect connect) throws IOException {
    connect.run();
  }

  /** The connecting itself. */
  @FunctionalInterface
  interface Connect {
    void run() throws IOException;
  }
}
