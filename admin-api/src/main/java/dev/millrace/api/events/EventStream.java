package dev.millrace.api.events;

import dev.millrace.api.server.HangUp;
import io.javalin.http.Context;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.io.AbstractEndPoint;

/**
 * The answer to one client that listens. Writing never waits: what the client does not take is kept
 * for it, up to a bound, and then its connection is closed. It may resume. Thread-safe.
 */
final class EventStream implements WriteListener {
  /** Bytes that are kept for a client; those of an event are shared by all. */
  static final int MOST_KEPT = 256 * 1024;

  private final ServletOutputStream out;
  private final Runnable cut;
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private final Deque<byte[]> kept = new ArrayDeque<>();
  private int bytes;
  private boolean writes;
  private boolean flushes;
  private boolean ended;

  /**
   * Of an answer that has not begun.
   *
   * @param cut closes its connection
   */
  EventStream(ServletOutputStream out, Runnable cut) {
    this.out = out;
    this.cut = cut;
  }

  /** Begins the answer. The request has to be asynchronous by now. */
  static EventStream begin(Context ctx, byte[] first) {
    AbstractEndPoint connection = HangUp.connection(ctx);
    try {
      EventStream stream =
          new EventStream(
              ctx.res().getOutputStream(),
              () -> {
                if (connection != null) {
                  connection.close();
                }
              });
      HangUp watch = HangUp.watch(ctx, stream::abort);
      if (watch != null) {
        var unused = stream.over.thenRun(() -> watch.end(ctx));
      }
      stream.send(first);
      stream.out.setWriteListener(stream);
      return stream;
    } catch (IOException e) {
      throw new UncheckedIOException("the answer cannot be begun", e);
    }
  }

  /** Completed when the stream has ended, by whomever. */
  CompletableFuture<Void> over() {
    return over;
  }

  /** Sends, now or when the client has taken what was sent before. */
  void send(byte[] text) {
    boolean slow;
    synchronized (this) {
      if (ended) {
        return;
      }
      slow = bytes + text.length > MOST_KEPT;
      if (!slow) {
        kept.add(text);
        bytes += text.length;
      }
    }
    if (slow) {
      abort();
    } else {
      write();
    }
  }

  private void write() {
    try {
      writeWhatIsTaken();
    } catch (IOException | IllegalStateException e) {
      abort(); // the client is gone
    }
  }

  private synchronized void writeWhatIsTaken() throws IOException {
    while (writes && !ended && (flushes || !kept.isEmpty()) && out.isReady()) {
      byte[] next = kept.poll();
      if (next == null) {
        flushes = false;
        out.flush();
      } else {
        flushes = true;
        bytes -= next.length;
        out.write(next);
      }
    }
  }

  @Override
  public void onWritePossible() {
    synchronized (this) {
      writes = true; // not before: until then the stream is one that waits
    }
    write();
  }

  @Override
  public void onError(Throwable failure) {
    abort();
  }

  /** Ends the answer; a client that has not taken all of it is cut off. */
  void end() {
    boolean stuck;
    synchronized (this) {
      stuck = !kept.isEmpty() || flushes;
    }
    if (stuck) {
      abort();
    } else {
      finish();
    }
  }

  /** The client does not read, or is gone. */
  private void abort() {
    if (finish()) {
      cut.run();
    }
  }

  /** Whether it had not ended before. */
  private boolean finish() {
    synchronized (this) {
      if (ended) {
        return false;
      }
      ended = true;
      kept.clear();
    }
    return over.complete(null);
  }
}
