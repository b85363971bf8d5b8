package dev.millrace.sheet;

import static dev.millrace.sheet.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class HttpSheetSourceTest {
  private static final SheetLimits LIMITS =
      new SheetLimits(200_000, 1_000, 50, Duration.ofSeconds(5), Duration.ofSeconds(10));
  private static final SourcePolicy LOCAL =
      new SourcePolicy(Set.of("http", "https"), true, List.of());

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private SheetSources sources;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
    sources = SheetSources.of(LOCAL, LIMITS);
  }

  @AfterEach
  void stop() {
    sources.close();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void a_csv_is_read() {
    serve("/prices", 200, "text/csv; charset=utf-8", bytes("sku,name\nA,Größe\n"));

    SheetTable table = SheetTable.fetch(sources, url("/prices?key=1"));

    assertThat(table.rows()).hasSize(2);
    assertThat(table.rows().get(1).cell(1).text()).isEqualTo("Größe");
  }

  @Test
  void an_xlsx_is_detected_by_its_content() throws IOException {
    serve(
        "/download",
        200,
        "application/octet-stream",
        XlsxFile.withSheet("<row r=\"1\"><c r=\"A1\"><v>7</v></c></row>").bytes());

    assertThat(SheetTable.fetch(sources, url("/download")).rows().get(0).cell(0).text())
        .isEqualTo("7");
  }

  @ParameterizedTest
  @CsvSource({
    "text/html, <html>sign in</html>",
    "text/csv, <!DOCTYPE html><html></html>",
    "text/html; charset=utf-8, 'a,b'",
    "application/json, '{}'",
    "image/png, x",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, not a zip",
    "text/csv, %PDF-1.7"
  })
  void other_content_than_sheets_is_refused(String contentType, String body) {
    serve("/page", 200, contentType, bytes(body));

    assertFails(SheetErrorType.NOT_A_SHEET, () -> SheetTable.fetch(sources, url("/page")));
  }

  @ParameterizedTest
  @CsvSource({
    "401, ACCESS_DENIED",
    "403, ACCESS_DENIED",
    "404, NOT_FOUND",
    "410, NOT_FOUND",
    "429, UNREACHABLE",
    "500, UNREACHABLE",
    "503, UNREACHABLE",
    "204, UNREACHABLE"
  })
  void each_http_status_has_its_error_type(int status, SheetErrorType type) {
    serve("/status", status, "text/csv", status == 204 ? new byte[0] : bytes("a,b"));

    assertFails(type, () -> SheetTable.fetch(sources, url("/status")));
  }

  @Test
  void redirects_on_the_same_host_are_followed_three_times() {
    serve("/0", 200, "text/csv", bytes("a,b\n"));
    for (int i = 1; i <= 4; i++) {
      redirect("/" + i, "/" + (i - 1));
    }

    assertThat(SheetTable.fetch(sources, url("/3")).rows()).hasSize(1);
    assertThat(assertFails(SheetErrorType.UNREACHABLE, () -> SheetTable.fetch(sources, url("/4"))))
        .hasMessageContaining("more than 3");
  }

  @Test
  void a_redirect_to_another_host_is_refused() {
    serve("/inside", 200, "text/csv", bytes("a,b\n"));
    redirect("/away", "http://localhost:" + server.getAddress().getPort() + "/inside");

    assertFails(SheetErrorType.FORBIDDEN_SOURCE, () -> SheetTable.fetch(sources, url("/away")));
    assertThat(requests).containsExactly("/away");
  }

  @Test
  void a_redirect_to_a_sign_in_page_means_no_access() {
    redirect("/private", "https://accounts.google.com/ServiceLogin?continue=x");

    assertFails(SheetErrorType.ACCESS_DENIED, () -> SheetTable.fetch(sources, url("/private")));
  }

  @Test
  void a_redirect_to_a_file_or_without_a_target_is_refused() {
    redirect("/file", "file:///etc/passwd");
    redirect("/nowhere", "");

    assertFails(SheetErrorType.UNREACHABLE, () -> SheetTable.fetch(sources, url("/file")));
    assertFails(SheetErrorType.UNREACHABLE, () -> SheetTable.fetch(sources, url("/nowhere")));
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1", "localhost", "'[::1]'", "'[::ffff:127.0.0.1]'", "2130706433"})
  void private_hosts_are_never_connected_to(String host) {
    serve("/inside", 200, "text/csv", bytes("a,b\n"));
    SourcePolicy publicOnly = new SourcePolicy(Set.of("http"), false, List.of());
    URI inside = URI.create("http://" + host + ":" + server.getAddress().getPort() + "/inside");

    try (SheetSources guarded = SheetSources.of(publicOnly, LIMITS)) {
      assertFails(SheetErrorType.FORBIDDEN_SOURCE, () -> SheetTable.fetch(guarded, inside));
    }
    assertThat(requests).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"200, TOO_LARGE", "404, NOT_FOUND", "302, NOT_FOUND"})
  @Timeout(5)
  void an_endless_body_ends_at_the_limit_for_every_status(int status, SheetErrorType type) {
    server.createContext(
        "/endless",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/csv");
          exchange.getResponseHeaders().set("Location", "/no-such-path");
          exchange.sendResponseHeaders(status, 0);
          byte[] line = bytes("a,b,c\n".repeat(1_000));
          try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
              out.write(line);
            }
          }
        });

    assertFails(type, () -> SheetTable.fetch(sources, url("/endless")));
  }

  @Test
  void a_compressed_body_counts_unpacked() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(new byte[50_000_000]);
    }
    server.createContext(
        "/gzip",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          exchange.getResponseHeaders().set("Content-Type", "text/csv");
          exchange.sendResponseHeaders(200, packed.size());
          exchange.getResponseBody().write(packed.toByteArray());
          exchange.close();
        });

    assertThat(assertFails(SheetErrorType.TOO_LARGE, () -> SheetTable.fetch(sources, url("/gzip"))))
        .hasMessage("the inflated sheet has more than 200000 bytes");
  }

  @Test
  void a_broken_or_unknown_content_coding_is_named() {
    coded("/notgzip", "gzip", bytes("a,b\n"));
    coded("/cutgzip", "gzip", new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 1});
    coded("/br", "br", bytes("a,b\n"));

    for (String path : List.of("/notgzip", "/cutgzip")) {
      assertThat(
              assertFails(SheetErrorType.UNREACHABLE, () -> SheetTable.fetch(sources, url(path))))
          .hasMessage("127.0.0.1 cannot be read: its gzip answer is broken");
    }
    assertThat(assertFails(SheetErrorType.UNREACHABLE, () -> SheetTable.fetch(sources, url("/br"))))
        .hasMessage("127.0.0.1 cannot be read: it sent a content coding other than gzip: br");
  }

  @Test
  void a_silent_server_ends_at_the_read_limit() throws IOException {
    SheetLimits impatient =
        new SheetLimits(200_000, 10, 10, Duration.ofSeconds(5), Duration.ofMillis(300));
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        SheetSources sources = SheetSources.of(LOCAL, impatient)) {
      URI url = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/a.csv");
      assertThat(assertFails(SheetErrorType.UNREACHABLE, () -> SheetTable.fetch(sources, url)))
          .hasMessage("127.0.0.1 cannot be read: no data within 300 ms");
    }
  }

  @Test
  void a_slow_body_times_out() {
    SheetLimits impatient =
        new SheetLimits(200_000, 10, 10, Duration.ofMillis(300), Duration.ofMillis(700));
    server.createContext(
        "/drip",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
              out.write('a');
              out.flush();
              Thread.sleep(50);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    long start = System.nanoTime();

    try (SheetSources sources = SheetSources.of(LOCAL, impatient)) {
      assertThat(
              assertFails(
                  SheetErrorType.UNREACHABLE, () -> SheetTable.fetch(sources, url("/drip"))))
          .hasMessage("127.0.0.1 cannot be read: the answer was not complete within 1 s");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void a_truncated_body_is_refused() {
    server.createContext(
        "/cut",
        exchange -> {
          exchange.sendResponseHeaders(200, 1_000);
          exchange.getResponseBody().write(bytes("a,b\n"));
          exchange.getResponseBody().flush();
          exchange.close();
        });

    assertFails(SheetErrorType.UNREACHABLE, () -> SheetTable.fetch(sources, url("/cut")));
  }

  @Test
  void a_closed_port_is_unreachable_and_the_message_keeps_the_secret() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    URI closed = URI.create("http://127.0.0.1:" + port + "/x.csv?key=secret");

    SheetException failure =
        assertFails(SheetErrorType.UNREACHABLE, () -> SheetTable.fetch(sources, closed));

    assertThat(failure).hasMessage("127.0.0.1 cannot be read: connection refused");
    assertThat(failure.type().mayPassByItself()).isTrue();
  }

  @Test
  void requests_contain_no_personal_data() {
    server.createContext(
        "/cookie",
        exchange -> {
          boolean personal =
              exchange.getRequestHeaders().containsKey("Cookie")
                  || exchange.getRequestHeaders().containsKey("Authorization");
          exchange.getResponseHeaders().set("Set-Cookie", "id=1");
          answer(exchange, 200, "text/csv", bytes(personal ? "personal" : "clean"));
        });

    SheetTable.fetch(sources, url("/cookie"));

    assertThat(SheetTable.fetch(sources, url("/cookie")).rows().get(0).cell(0).text())
        .isEqualTo("clean");
  }

  private void serve(String path, int status, String contentType, byte[] body) {
    server.createContext(path, exchange -> answer(exchange, status, contentType, body));
  }

  private void coded(String path, String coding, byte[] body) {
    server.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Content-Encoding", coding);
          answer(exchange, 200, "text/csv", body);
        });
  }

  private void redirect(String path, String location) {
    server.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Location", location);
          answer(exchange, 302, "text/html", bytes("<html>moved</html>"));
        });
  }

  private void answer(HttpExchange exchange, int status, String contentType, byte[] body)
      throws IOException {
    requests.add(exchange.getRequestURI().getPath());
    exchange.getResponseHeaders().set("Content-Type", contentType);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
