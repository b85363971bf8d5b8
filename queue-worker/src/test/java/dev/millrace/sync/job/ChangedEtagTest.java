package dev.millrace.sync.job;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import dev.millrace.worker.WorkerFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that gives the same content another ETag, as after a deployment. */
class ChangedEtagTest {
  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5));
  private final List<Integer> statuses = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private volatile String etag = "\"v1\"";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void close() {
    millrace.close();
    server.stop(0);
  }

  @Test
  void the_new_etag_of_equal_content_is_asked_for_next_time() {
    URI url = URI.create("http://127.0.0.1:%d/a.csv".formatted(server.getAddress().getPort()));
    millrace.worker(
        1, new SyncSupplier(millrace.jdbi, SyncSettings.of(Optional.of(url.resolve("m.csv")))));
    String supplier =
        millrace.text(
            "INSERT INTO suppliers (code, name, sheet_url) VALUES ('a', 'Abel', ?) RETURNING id::text",
            url.toString());
    sync(supplier);
    etag = "\"v2\"";
    sync(supplier);
    sync(supplier);

    assertThat(statuses).containsExactly(200, 200, 304);
    assertThat(millrace.text("SELECT string_agg(DISTINCT error_message, '; ') FROM parsing_logs"))
        .isEqualTo("1 items, 0 rows left out; 1 items, the sheet has not changed");
  }

  private void sync(String supplier) {
    NewJob job =
        NewJob.of(SyncSupplier.KIND, SyncSupplier.Payload.of(supplier)).triggeredBy(Trigger.PARENT);
    long id = millrace.client.enqueue(job).jobId();
    await().until(() -> millrace.state(id).equals("completed"));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("ETag", etag);
      exchange.getResponseHeaders().set("Content-Type", "text/csv");
      if (etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
        statuses.add(304);
        exchange.sendResponseHeaders(304, -1);
        return;
      }
      statuses.add(200);
      byte[] body = "SKU,Name,Price\nA,a,1\n".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
