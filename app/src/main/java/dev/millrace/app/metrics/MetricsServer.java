package dev.millrace.app.metrics;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.app.error.NetworkReason;
import dev.millrace.app.error.UserError;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code GET /metrics} on a port of its own, in the text format of Prometheus or in
 * OpenMetrics, as {@code Accept} asks. One request at a time: collectors ask every few seconds.
 */
public final class MetricsServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MetricsServer.class);
  private static final String PATH = "/metrics";
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry;
  private final List<Runnable> beforeAnswers = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "millrace-metrics");
            made.setDaemon(true);
            return made;
          });

  private MetricsServer(InetSocketAddress address) {
    this.registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try {
      this.server = HttpServer.create(address, 0);
    } catch (IOException e) {
      throw new UserError(
          "MILLRACE_METRICS_PORT: port "
              + address.getPort()
              + " of "
              + address.getHostString()
              + " cannot be listened on: "
              + NetworkReason.ofListening(e, address.getPort()),
          e);
    }
    Metrics.addRegistry(registry);
    server.setExecutor(thread);
    server.createContext("/", this::answer);
    server.start();
    log.info("metrics at {}", address());
  }

  /**
   * Starts to listen. The counts and times of all parts are in the answers; more can be added.
   *
   * @throws UserError when the address is taken
   */
  public static MetricsServer start(InetSocketAddress address) {
    return new MetricsServer(address);
  }

  /** Adds other figures. */
  public void add(MeterBinder binder) {
    binder.bindTo(registry);
  }

  /** Brings up to date what is only read when someone asks. */
  public void beforeAnswers(Runnable update) {
    beforeAnswers.add(update);
  }

  /** Where it answers, such as {@code http://127.0.0.1:9464/metrics}. */
  public URI address() {
    InetSocketAddress bound = server.getAddress();
    String host = bound.getAddress().getHostAddress();
    String name = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + name + ":" + bound.getPort() + PATH);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().close();
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        send(exchange, 404, TEXT, "not found: the metrics are at " + PATH + "\n");
      } else if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        send(exchange, 405, TEXT, "method not allowed: GET or HEAD\n");
      } else {
        answerMetrics(exchange);
      }
    }
  }

  private void answerMetrics(HttpExchange exchange) throws IOException {
    String type = type(exchange.getRequestHeaders());
    String metrics;
    try {
      beforeAnswers.forEach(Runnable::run);
      metrics = registry.scrape(type);
    } catch (RuntimeException e) {
      log.warn("the metrics cannot be read", e);
      send(exchange, 500, TEXT, "the metrics cannot be read; the log says why\n");
      return;
    }
    send(exchange, 200, type, metrics);
  }

  private static String type(Headers asked) {
    String accept = asked.getFirst("Accept");
    return accept != null && accept.contains("application/openmetrics-text")
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
        : TEXT;
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    thread.shutdownNow();
    Metrics.removeRegistry(registry);
    registry.close();
  }
}
