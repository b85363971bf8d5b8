package dev.millrace.embedded.postgres;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.process.Ports;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/**
 * Asks to log in as {@code millrace} until it is asked for the password, which a server does once
 * it takes connections. Speaks version 3.0 of the protocol, as far as that takes:
 * https://www.postgresql.org/docs/current/protocol-flow.html.
 */
final class PostgresProbe {
  private static final int PROTOCOL = 3 << 16;
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final int LONGEST_MESSAGE = 100_000;
  private static final String STARTING_UP = "C57P03";

  private PostgresProbe() {}

  /**
   * @return false while the server is starting up
   * @throws EmbeddedServiceException if it turns the login down for another reason
   */
  static boolean answers(int port) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(Ports.loopback(), port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      var out = new DataOutputStream(socket.getOutputStream());
      out.write(startup());
      boolean ready = isAsked(new DataInputStream(socket.getInputStream()));
      return ready;
    } catch (ConnectException | SocketTimeoutException | EOFException notYet) {
      return false;
    }
  }

  private static byte[] startup() throws IOException {
    byte[] parameters =
        "user\0millrace\0database\0millrace\0\0".getBytes(StandardCharsets.US_ASCII);
    var bytes = new ByteArrayOutputStream();
    var message = new DataOutputStream(bytes);
    message.writeInt(2 * Integer.BYTES + parameters.length);
    message.writeInt(PROTOCOL);
    message.write(parameters);
    return bytes.toByteArray();
  }

  private static boolean isAsked(DataInputStream in) throws IOException {
    while (true) {
      int type = in.readUnsignedByte();
      int length = in.readInt() - Integer.BYTES;
      if (length < 0 || length > LONGEST_MESSAGE) {
        throw new EmbeddedServiceException("what answers instead of Postgres is not a Postgres");
      }
      byte[] body = in.readNBytes(length);
      if (type == 'R') {
        return true;
      }
      if (type == 'E') {
        String fields = new String(body, StandardCharsets.UTF_8);
        if (fields.contains(STARTING_UP)) {
          return false;
        }
        throw new EmbeddedServiceException("Postgres turns down its own user: " + message(fields));
      }
    }
  }

  private static String message(String fields) {
    return Stream.of(fields.split("\0"))
        .filter(field -> field.startsWith("M"))
        .map(field -> field.substring(1))
        .findFirst()
        .orElse(fields);
  }
}
