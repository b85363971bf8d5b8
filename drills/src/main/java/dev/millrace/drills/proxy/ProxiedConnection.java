package dev.millrace.drills.proxy;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.function.Supplier;

/** One client's connection and its continuation to Postgres. */
final class ProxiedConnection {
  private static final int BUFFER = 16_384;
  private static final int SSL_REQUEST = 80877103;
  private static final int GSS_REQUEST = 80877104;
  private static final int CANCEL_REQUEST = 80877102;

  private final Socket client;
  private final Socket postgres;
  private final Gate gate;
  private final Supplier<PostgresProxy.Cut> onCommit;
  private volatile boolean silent;
  private volatile boolean idle;
  private volatile boolean cutWhenAnswered;

  ProxiedConnection(
      Socket client, Socket postgres, Gate gate, Supplier<PostgresProxy.Cut> onCommit) {
    this.client = client;
    this.postgres = postgres;
    this.gate = gate;
    this.onCommit = onCommit;
  }

  void start() {
    Thread thread = new Thread(this::clientToPostgres, "drill-proxy-client");
    thread.setDaemon(true);
    thread.start();
  }

  boolean isClosed() {
    return client.isClosed();
  }

  void silence() {
    silent = true;
  }

  void reset() {
    Sockets.reset(client);
    Sockets.close(postgres);
  }

  private void clientToPostgres() {
    try (DataInputStream in = input(client);
        DataOutputStream out = output(postgres)) {
      if (!greet(in, out)) {
        return;
      }
      Thread back = new Thread(this::postgresToClient, "drill-proxy-postgres");
      back.setDaemon(true);
      back.start();
      Commits commits = new Commits();
      while (true) {
        Message message = Message.read(in);
        gate.pass();
        if (silent) {
          continue;
        }
        PostgresProxy.Cut cut =
            commits.commitsOn(message, idle) ? onCommit.get() : PostgresProxy.Cut.NONE;
        cutWhenAnswered |= cut == PostgresProxy.Cut.WHEN_ANSWERED;
        message.write(out);
        if (in.available() == 0) {
          out.flush();
        }
        if (cut == PostgresProxy.Cut.AT_ONCE) {
          out.flush();
          Sockets.reset(client);
          return;
        }
      }
    } catch (IOException e) {
      // one side has gone: so does the other
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!cutWhenAnswered) {
        Sockets.close(client);
        Sockets.close(postgres);
      }
    }
  }

  /** What comes before the typed messages; false when nothing follows. */
  private boolean greet(DataInputStream in, DataOutputStream out) throws IOException {
    while (true) {
      Message message = Message.readUntyped(in);
      int code = message.code();
      message.write(out);
      out.flush();
      if (code == CANCEL_REQUEST) {
        postgres.getInputStream().read(); // Postgres closes when it has done so
        return false;
      }
      if (code != SSL_REQUEST && code != GSS_REQUEST) {
        return true;
      }
      int answer = postgres.getInputStream().read();
      if (answer != 'N') {
        throw new IOException("the drills' Postgres speaks plainly, answered " + answer);
      }
      client.getOutputStream().write(answer);
    }
  }

  private void postgresToClient() {
    try (DataInputStream in = input(postgres);
        DataOutputStream out = output(client)) {
      while (true) {
        Message message = Message.read(in);
        if (message.type() == 'Z') {
          idle = message.first() == 'I';
          if (cutWhenAnswered) {
            reset();
            return;
          }
        }
        if (cutWhenAnswered) {
          continue;
        }
        gate.pass();
        if (silent) {
          continue;
        }
        message.write(out);
        if (in.available() == 0) {
          out.flush();
        }
      }
    } catch (IOException e) {
      // one side has gone: so does the other
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Sockets.close(client);
      Sockets.close(postgres);
    }
  }

  private static DataInputStream input(Socket socket) throws IOException {
    return new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
  }

  private static DataOutputStream output(Socket socket) throws IOException {
    return new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), BUFFER));
  }
}
