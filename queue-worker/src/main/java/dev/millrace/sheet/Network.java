package dev.millrace.sheet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * The two uses of the network by a sheet's reading: names and connections. Tests and drills replace
 * them: they answer for names and send nothing.
 */
public interface Network {
  /** The network of this machine. */
  Network SYSTEM = new Network() {};

  /** All addresses of a name, or the address in the text. */
  default InetAddress[] resolve(String host) throws UnknownHostException {
    return InetAddress.getAllByName(host);
  }

  /** Connects to an address that the policy allows. */
  default void connect(InetSocketAddress to, Connect connect) throws IOException {
    connect.run();
  }

  /** How a socket connects. */
  @FunctionalInterface
  interface Connect {
    void run() throws IOException;
  }
}
