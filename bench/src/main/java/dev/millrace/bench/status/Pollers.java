package dev.millrace.bench.status;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;

/**
 * Clients that ask again and again, each on a connection of its own, all of them on one thread. An
 * answer has a length or is a 304.
 */
final class Pollers implements AutoCloseable {
  private static final int BUFFER = 64 * 1024;
  private static final byte[] HEADER_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final String LENGTH = "\r\ncontent-length: ";

  private final Selector selector;
  private final List<Poller> pollers = new ArrayList<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

  /** What was answered. */
  static final class Answers {
    private final long notModified;
    private final double seconds;

    /** How long each took from the moment it was to be asked, the shortest first. */
    private final double[] millis;

    private Answers(long notModified, double[] millis, double seconds) {
      this.notModified = notModified;
      this.millis = millis;
      this.seconds = seconds;
    }

    double seconds() {
      return seconds;
    }

    double perSecond() {
      return millis.length / seconds;
    }

    /** The part of them that was a 304, 0 to 1. */
    double notModified() {
      return (double) notModified / millis.length;
    }

    /** What {@code share} of them did not exceed, 0 to 1. */
    double millisAt(double share) {
      return millis[(int) Math.min(millis.length - 1L, Math.round(millis.length * share))];
    }
  }

  private static final class Poller {
    private final SocketChannel channel;
    private final ByteBuffer request;
    private final StringBuilder head = new StringBuilder();
    private long due;
    private long left = -1;
    private boolean notModified;

    Poller(SocketChannel channel, byte[] request) {
      this.channel = channel;
      this.request = ByteBuffer.wrap(request);
    }

    void ask() throws IOException {
      request.rewind();
      head.setLength(0);
      left = -1;
      while (request.hasRemaining()) {
        int unused = channel.write(request); // some hundred bytes: the socket has room
      }
    }

    /** Whether the answer is whole. */
    boolean read(ByteBuffer bytes) {
      if (left < 0) {
        while (bytes.hasRemaining() && !endsHead()) {
          head.append((char) bytes.get());
        }
        if (!endsHead()) {
          return false;
        }
        notModified = head.indexOf(" 304 ") == 8;
        left = notModified ? 0 : length(head.toString());
      }
      left -= bytes.remaining();
      bytes.position(bytes.limit());
      return left == 0;
    }

    private boolean endsHead() {
      int from = head.length() - HEADER_END.length;
      return from >= 0 && head.lastIndexOf("\r\n\r\n") == from;
    }

    private static long length(String head) {
      int at = head.toLowerCase(Locale.ROOT).indexOf(LENGTH);
      if (!head.startsWith("HTTP/1.1 200 ") || at < 0) {
        throw new IllegalStateException("an answer was " + head);
      }
      int begin = at + LENGTH.length();
      return Long.parseLong(head, begin, head.indexOf("\r", begin), 10);
    }
  }

  /**
   * Connects.
   *
   * @param request one whole request without a body
   */
  Pollers(int port, int count, String request) {
    try {
      selector = Selector.open();
      for (int i = 0; i < count; i++) {
        SocketChannel channel =
            SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.configureBlocking(false);
        Poller poller = new Poller(channel, request.getBytes(StandardCharsets.US_ASCII));
        channel.register(selector, SelectionKey.OP_READ, poller);
        pollers.add(poller);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the pollers cannot connect", e);
    }
  }

  /**
   * Polls.
   *
   * @param pause between the questions of one client; zero: it asks as soon as it has the answer
   */
  Answers poll(Duration time, Duration pause) {
    try {
      return pollFor(time.toNanos(), pause.toNanos());
    } catch (IOException e) {
      throw new UncheckedIOException("the server closed a connection", e);
    }
  }

  private Answers pollFor(long time, long pause) throws IOException {
    PriorityQueue<Poller> idle =
        new PriorityQueue<>(Comparator.comparingLong(poller -> poller.due));
    long begun = System.nanoTime();
    for (int i = 0; i < pollers.size(); i++) {
      pollers.get(i).due = begun + pause * i / pollers.size();
      idle.add(pollers.get(i));
    }
    double[] millis = new double[1 << 16];
    int answered = 0;
    long notModified = 0;
    int asked = 0;
    while (System.nanoTime() - begun < time || asked > 0) {
      long now = System.nanoTime();
      while (!idle.isEmpty() && idle.element().due <= now && now - begun < time) {
        idle.remove().ask();
        asked++;
      }
      int unused = selector.select(1);
      for (SelectionKey key : selector.selectedKeys()) {
        Poller poller = (Poller) key.attachment();
        buffer.clear();
        if (poller.channel.read(buffer) < 0) {
          throw new IOException("end of stream");
        }
        buffer.flip();
        if (poller.read(buffer)) {
          long at = System.nanoTime();
          asked--;
          if (answered == millis.length) {
            millis = Arrays.copyOf(millis, millis.length * 2);
          }
          millis[answered++] = (at - poller.due) / 1e6;
          notModified += poller.notModified ? 1 : 0;
          poller.due = pause == 0 ? at : poller.due + pause;
          idle.add(poller);
        }
      }
      selector.selectedKeys().clear();
    }
    double[] sorted = Arrays.copyOf(millis, answered);
    Arrays.sort(sorted);
    return new Answers(notModified, sorted, (System.nanoTime() - begun) / 1e9);
  }

  @Override
  public void close() {
    try {
      for (Poller poller : pollers) {
        poller.channel.close();
      }
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
