package dev.millrace.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that never finish the header of a request. */
class ConnectionsTest {
  /** In the product it is half a minute. */
  private static final Duration LONGEST = Duration.ofMillis(500);

  private static final String WHOLE = "GET / HTTP/1.1\r\nHost: here\r\n\r\n";
  private static final int CLIENTS = 50;

  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  @BeforeEach
  void start() throws Exception {
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    server.addConnector(connector);
    Connections connections = new Connections(server, 1_000, LONGEST);
    FrontHandler front = new FrontHandler(connections);
    front.setHandler(new Empty());
    server.setHandler(front);
    server.addBean(connections);
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Sends bytes of a header until the server ends the connection. */
  private static boolean isEnded(Socket socket) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write('x');
      return socket.getInputStream().available() == 0 && socket.getInputStream().read() < 0;
    } catch (IOException e) {
      return true; // a byte to a connection that is closed resets it
    }
  }

  @Test
  void headers_that_trickle_are_ended_and_others_are_served_meanwhile() throws Exception {
    List<Socket> slow = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Socket socket = connect();
      socket.setSoTimeout(1);
      send(socket, "GET / HTTP/1.1\r\nX: ");
      slow.add(socket);
    }
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    int ended = 0;
    while (ended < CLIENTS && System.nanoTime() < end) {
      try (Socket other = connect()) {
        send(other, WHOLE);
        assertThat(new String(other.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
            .isEqualTo("HTTP/1.1 200 OK");
      }
      ended += (int) slow.stream().filter(socket -> !socket.isClosed()).filter(this::close).count();
    }
    assertThat(ended).isEqualTo(CLIENTS);
  }

  private boolean close(Socket socket) {
    if (!isEnded(socket)) {
      return false;
    }
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError("cannot close", e);
    }
    return true;
  }

  @Test
  void a_connection_that_brings_requests_is_kept() throws Exception {
    try (Socket busy = connect()) {
      long end = System.nanoTime() + LONGEST.multipliedBy(3).toNanos();
      while (System.nanoTime() < end) {
        send(busy, WHOLE);
        assertThat(readAnswer(busy)).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\n");
      }
    }
  }

  private static String readAnswer(Socket socket) throws IOException {
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith("\r\n\r\n")) {
      answer.append((char) socket.getInputStream().read());
    }
    return answer.toString();
  }

  private static final class Empty extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      response.setStatus(200);
      callback.succeeded();
      return true;
    }
  }
}
