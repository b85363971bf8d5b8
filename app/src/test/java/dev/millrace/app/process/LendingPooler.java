package dev.millrace.app.process;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/** One connection to Postgres, lent to all its clients by transaction, as PgBouncer does. */
final class LendingPooler implements AutoCloseable {
  private static final int SSL_REQUEST = 80_877_103;

  private final ServerSocket listener = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
  private final Socket server;
  private final DataInputStream fromServer;
  private final OutputStream toServer;
  private final ReentrantLock lent = new ReentrantLock();
  private byte[] greeting = new byte[0];

  LendingPooler(int postgresPort) throws IOException {
    server = new Socket(InetAddress.getLoopbackAddress(), postgresPort);
    fromServer = new DataInputStream(server.getInputStream());
    toServer = server.getOutputStream();
    start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "pooler");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        start(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        DataInputStream in = new DataInputStream(socket.getInputStream());
        DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
      byte[] startup = startup(in, out);
      lent.lock();
      try {
        if (greeting.length == 0) {
          greeting = login(startup, in, out);
        } else {
          out.write(greeting);
        }
      } finally {
        lent.unlock();
      }
      while (transaction(in, out)) {
        // the next one may be another client's
      }
    } catch (IOException ended) {
      // the client hung up
    }
  }

  private static byte[] startup(DataInputStream in, OutputStream out) throws IOException {
    while (true) {
      int length = in.readInt();
      byte[] body = in.readNBytes(length - 4);
      if (ByteBuffer.wrap(body).getInt() != SSL_REQUEST) {
        return ByteBuffer.allocate(length).putInt(length).put(body).array();
      }
      out.write('N');
    }
  }

  private byte[] login(byte[] startup, DataInputStream in, OutputStream out) throws IOException {
    toServer.write(startup);
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    boolean loggedIn = false;
    while (true) {
      byte[] message = message(fromServer);
      int code = message[0] == 'R' ? ByteBuffer.wrap(message, 5, 4).getInt() : -1;
      loggedIn |= code == 0;
      if (loggedIn) {
        kept.writeBytes(message);
      }
      out.write(message);
      if (code == 10 || code == 11) {
        toServer.write(message(in));
      }
      if (message[0] == 'Z') {
        return kept.toByteArray();
      }
    }
  }

  private boolean transaction(DataInputStream in, OutputStream out) throws IOException {
    byte[] first = message(in);
    if (first[0] == 'X') {
      return false;
    }
    lent.lock();
    try {
      byte[] message = first;
      while (true) {
        toServer.write(message);
        if ((message[0] == 'Q' || message[0] == 'S') && answer(out) == 'I') {
          return true;
        }
        message = message(in);
      }
    } finally {
      lent.unlock();
    }
  }

  /** Passes on all to the end; says how the transaction stands then. */
  private int answer(OutputStream out) throws IOException {
    while (true) {
      byte[] message = message(fromServer);
      out.write(message);
      if (message[0] == 'Z') {
        return message[5];
      }
    }
  }

  private static byte[] message(DataInputStream in) throws IOException {
    byte type = in.readByte();
    int length = in.readInt();
    byte[] body = in.readNBytes(length - 4);
    return ByteBuffer.allocate(length + 1).put(type).putInt(length).put(body).array();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    server.close();
  }
}
