package dev.millrace.bench.sync;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server, on loopback, of a master sheet and of the sheets that it names. Each answer is held
 * back for a time in which neither the server nor its caller computes anything. The sheets have
 * versions: each changes the price of every item.
 */
final class SlowSheets implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SlowSheets.class);
  private static final String MASTER = "/master.csv";

  private final int suppliers;
  private final int rows;
  private final Duration perRead;
  private final HttpServer server;
  private final ExecutorService answers = Executors.newFixedThreadPool(2);

  /** The price of every item. */
  private final AtomicInteger version = new AtomicInteger(1);

  /**
   * Starts the server.
   *
   * @param rows of each supplier's sheet
   * @param perRead how long each answer is held back
   */
  SlowSheets(int suppliers, int rows, Duration perRead) {
    this.suppliers = suppliers;
    this.rows = rows;
    this.perRead = perRead;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException("the server of sheets could not be started", e);
    }
    server.setExecutor(answers);
    server.createContext("/", this::hold);
    server.start();
  }

  /** The address of the master sheet. */
  URI master() {
    return URI.create(root() + MASTER);
  }

  private String root() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** From now on every item has another price. */
  void change() {
    version.incrementAndGet();
  }

  private void hold(HttpExchange exchange) {
    CompletableFuture.delayedExecutor(perRead.toMillis(), TimeUnit.MILLISECONDS, answers)
        .execute(() -> answer(exchange));
  }

  private void answer(HttpExchange exchange) {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] body =
          (path.equals(MASTER) ? masterSheet() : sheet(path)).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/csv");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    } catch (IOException | RuntimeException e) {
      log.warn("a sheet could not be sent", e);
    }
  }

  private String masterSheet() {
    StringBuilder text = new StringBuilder("Code,Supplier,Sheet URL\n");
    for (int i = 0; i < suppliers; i++) {
      text.append("s%d,Supplier %d,%s/s%d.csv%n".formatted(i, i, root(), i));
    }
    return text.toString();
  }

  private String sheet(String path) {
    String prefix = path.replaceAll("[^0-9]", "");
    String price = "," + version.get() + ".50,EUR,";
    StringBuilder text = new StringBuilder("SKU,Name,Price,Currency,Quantity\n");
    for (int i = 0; i < rows; i++) {
      text.append(prefix).append("-P").append(i).append(",\"Brake disc, vented, no. ").append(i);
      text.append('"').append(price).append(i % 90).append('\n');
    }
    return text.toString();
  }

  @Override
  public void close() {
    server.stop(0);
    List<Runnable> unused = answers.shutdownNow();
  }
}
