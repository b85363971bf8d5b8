package dev.millrace.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server on the loopback address that remembers its calls and answers as it was told. */
public final class WebServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Answer> next = new ConcurrentLinkedQueue<>();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Answer otherwise = new Answer(200, Map.of());

  /**
   * A call as it arrived.
   *
   * @param headers by their names in lower case
   */
  public record Call(String path, Map<String, String> headers, String body) {}

  /** What to say; status 0: nothing at all. */
  private record Answer(int status, Map<String, String> headers) {}

  public WebServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  public URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** What the next calls are answered with, one each. */
  public WebServer answers(int... statuses) {
    for (int status : statuses) {
      next.add(new Answer(status, Map.of()));
    }
    return this;
  }

  /** As {@link #answers}, with a header. */
  public WebServer answers(int status, String header, String value) {
    next.add(new Answer(status, Map.of(header, value)));
    return this;
  }

  /** The next call gets no answer. */
  public WebServer hangs() {
    return answers(0);
  }

  /** What calls are answered with that nothing else was said about. */
  public WebServer always(int status) {
    otherwise = new Answer(status, Map.of());
    return this;
  }

  public List<Call> calls() {
    return List.copyOf(calls);
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    calls.add(new Call(exchange.getRequestURI().getPath(), headers, body));
    Answer told = next.poll();
    Answer answer = told == null ? otherwise : told;
    try (exchange) {
      if (answer.status() == 0) {
        closed.await();
        return;
      }
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(answer.status(), -1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
