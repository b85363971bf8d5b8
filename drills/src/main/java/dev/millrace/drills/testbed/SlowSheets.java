package dev.millrace.drills.testbed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.drills.DrillException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server of a master sheet and of the sheets that it names, each of which takes a while. The
 * sheets have versions: the price of every item is the version, and with each the first item of a
 * small sheet is gone and a new one is at its end.
 */
public final class SlowSheets implements AutoCloseable {
  private static final int THREADS = 16;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private volatile Size size;
  private volatile int version = 1;

  /**
   * How much there is.
   *
   * @param suppliers with a sheet of {@code rows} rows each
   * @param bigRows of the sheet of one more supplier; 0: there is none
   */
  public record Size(int suppliers, int rows, int bigRows, Duration perRead) {
    /** How many suppliers there are in all. */
    public int all() {
      return suppliers + (bigRows > 0 ? 1 : 0);
    }

    /** The same without the supplier of the large sheet. */
    public Size withoutBig() {
      return new Size(suppliers, rows, 0, perRead);
    }
  }

  public SlowSheets(Size size) {
    this.size = size;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new DrillException("the server of sheets could not be started", e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** The address of the master sheet. */
  public URI master() {
    return URI.create(host() + "/master.csv");
  }

  private String host() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Has these sheets from now on, all in another version. */
  public void serve(int other, Size sheets) {
    size = sheets;
    version = other;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Waits.pause(size.perRead());
      byte[] body =
          text(exchange.getRequestURI().getPath().replaceAll("[^a-z0-9]|csv$", ""))
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/csv");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private String text(String name) {
    int now = version;
    Size sheets = size;
    StringBuilder text = new StringBuilder();
    if (name.equals("master")) {
      text.append("Code,Supplier,Sheet URL\n");
      for (int i = 0; i < sheets.suppliers(); i++) {
        text.append("s%d,S %d,%s/s%d.csv%n".formatted(i, i, host(), i));
      }
      if (sheets.bigRows() > 0) {
        text.append("big,Big,").append(host()).append("/big.csv\n");
      }
      return text.toString();
    }
    boolean big = name.equals("big");
    text.append("SKU,Name,Price\n");
    int first = big ? 0 : now;
    int rows = big ? sheets.bigRows() : sheets.rows();
    for (int i = first; i < first + rows; i++) {
      text.append("P-").append(i).append(",part,").append(now).append(".00\n");
    }
    return text.toString();
  }

  @Override
  public void close() {
    server.stop(0);
    List<Runnable> unused = threads.shutdownNow();
  }
}
