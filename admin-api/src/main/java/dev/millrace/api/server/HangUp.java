package dev.millrace.api.server;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a client whose answer takes long has closed its connection. Jetty reads nothing from
 * a connection while a request on it is unanswered, so this reads: the end of the stream is a
 * hang-up. A client that sends its next request before it has the answer to this one is no longer
 * watched, and its connection is closed after the answer. For one request; thread-safe.
 */
public final class HangUp implements Callback {
  private static final String END_POINT = HangUp.class.getName();

  private final AbstractEndPoint connection;
  private final Runnable gone;
  private boolean over;
  private boolean ahead;

  private HangUp(AbstractEndPoint connection, Runnable gone) {
    this.connection = connection;
    this.gone = gone;
  }

  /** Keeps what {@link #watch} needs of a request. */
  static void remember(Request request) {
    if (request.getConnectionMetaData().getConnection().getEndPoint()
        instanceof AbstractEndPoint connection) {
      request.setAttribute(END_POINT, connection);
    }
  }

  /** The connection that a request came on; null: it is of a kind that is not known. */
  public static @Nullable AbstractEndPoint connection(Context ctx) {
    return ctx.attribute(END_POINT);
  }

  /**
   * Watches from now on. The body of the request has to be read to its end before.
   *
   * @param gone called once, when the client has hung up
   * @return null: it cannot be watched
   */
  public static @Nullable HangUp watch(Context ctx, Runnable gone) {
    AbstractEndPoint connection = connection(ctx);
    if (connection == null) {
      return null;
    }
    HangUp watch = new HangUp(connection, gone);
    watch.listen();
    return watch;
  }

  private synchronized void listen() {
    over = over || !connection.tryFillInterested(this);
  }

  /**
   * Stops watching: from here on the connection is Jetty's again. To be called before the answer.
   */
  public synchronized void end(Context ctx) {
    boolean watching = !over;
    over = true;
    if (watching) {
      connection.getFillInterest().onFail(new CancellationException("the answer is there"));
    }
    if (ahead) {
      ctx.header("Connection", "close");
    }
  }

  @Override
  public void succeeded() {
    if (hasHungUp()) {
      connection.close();
      gone.run();
    }
  }

  private synchronized boolean hasHungUp() {
    if (over) {
      return false;
    }
    try {
      int read = connection.fill(read());
      if (read == 0) {
        listen();
        return false;
      }
      over = true;
      ahead = read > 0;
      return read < 0;
    } catch (IOException e) {
      over = true;
      return true; // a connection that cannot be read is a connection that was reset
    }
  }

  private static ByteBuffer read() {
    return BufferUtil.allocate(1);
  }

  @Override
  public void failed(Throwable failure) {
    synchronized (this) {
      if (over) {
        return;
      }
      if (failure instanceof TimeoutException) {
        listen();
        return;
      }
      over = true;
    }
    gone.run();
  }
}
