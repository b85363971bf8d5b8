package dev.millrace.sheet;

import static dev.millrace.sheet.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ConditionalRequestTest {
  private static final SourcePolicy LOCAL =
      new SourcePolicy(Set.of("http", "https"), true, List.of());

  private final List<Integer> statuses = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private SheetSources sources;
  private String content = "sku,price\nA,1.50\n";
  private String etag = "\"v1\"";
  private String lastModified = "";
  private boolean gzip;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    sources = SheetSources.of(LOCAL, SheetLimits.DEFAULT);
  }

  @AfterEach
  void stop() {
    sources.close();
    server.stop(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"v1\"", "W/\"v1\"", "\"\""})
  void an_unchanged_etag_costs_one_304(String written) {
    etag = written;
    SheetVersion first = fetch("/a.csv");

    assertThat(isChanged(sources, url("/a.csv"), first)).isFalse();
    assertThat(statuses).containsExactly(200, 304);
  }

  @Test
  void a_changed_etag_gives_the_new_sheet() {
    SheetVersion first = fetch("/a.csv");
    content = "sku,price\nA,1.60\n";
    etag = "\"v2\"";

    try (Sheet sheet = sources.fetch(url("/a.csv"), Optional.of(first)).orElseThrow()) {
      assertThat(sheet.version().sha256()).isNotEqualTo(first.sha256());
      assertThat(sheet.version().etag()).endsWith("\"v2\"");
    }
    assertThat(statuses).containsExactly(200, 200);
  }

  @Test
  void a_last_modified_that_is_old_enough_costs_one_304() {
    etag = "";
    lastModified = ago(Duration.ofHours(1));
    SheetVersion first = fetch("/a.csv");

    assertThat(isChanged(sources, url("/a.csv"), first)).isFalse();
    assertThat(statuses).containsExactly(200, 304);
  }

  @Test
  void a_sheet_that_changed_just_now_is_not_asked_for_by_its_time() {
    etag = "";
    lastModified = ago(Duration.ofSeconds(5));
    SheetVersion first = fetch("/a.csv");
    assertThat(first.lastModified()).isNull();
    content = "sku,price\nA,1.60\n"; // within the same second

    assertThat(isChanged(sources, url("/a.csv"), first)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "\"a\"b\"", "\"a b\"", "\"\u00e9\"", "W/v1"})
  void a_header_that_is_no_etag_is_never_sent_back(String written) {
    etag = written;

    assertThat(fetch("/a.csv").etag()).isNull();
  }

  @Test
  void a_state_of_one_url_is_not_known_to_another() {
    SheetVersion first = fetch("/a.csv");
    content = "sku,price\nB,2.50\n"; // with the same ETag

    assertThat(isChanged(sources, url("/b.csv"), first)).isTrue();
    assertThat(statuses).containsExactly(200, 200);
  }

  @Test
  void equal_content_without_validators_is_unchanged() {
    etag = "";
    SheetVersion first = fetch("/a.csv");

    assertThat(isChanged(sources, url("/a.csv"), first)).isFalse();
    assertThat(statuses).containsExactly(200, 200);
  }

  @Test
  void a_304_that_was_not_asked_for_is_an_error() {
    assertThat(
            assertFails(
                SheetErrorType.UNREACHABLE,
                () -> sources.fetch(url("/always304"), Optional.empty())))
        .hasMessage(
            "127.0.0.1 cannot be read: it sent HTTP status 304 to a request without a condition");
  }

  @Test
  void a_gzip_answer_is_the_same_state_as_a_plain_one() {
    SheetVersion plain = fetch("/a.csv");
    gzip = true;

    assertThat(fetch("/a.csv")).isEqualTo(plain);
  }

  @Test
  void an_unchanged_file_is_known_by_its_content(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("a.csv"), content);
    SourcePolicy policy = new SourcePolicy(Set.of("file"), false, List.of(directory));
    try (SheetSources files = SheetSources.of(policy, SheetLimits.DEFAULT)) {
      SheetVersion first;
      try (Sheet sheet = files.fetch(file.toUri(), Optional.empty()).orElseThrow()) {
        first = sheet.version();
      }

      assertThat(isChanged(files, file.toUri(), first)).isFalse();
      Files.writeString(file, content + "B,1\n");
      assertThat(isChanged(files, file.toUri(), first)).isTrue();
    }
  }

  private static boolean isChanged(SheetSources sources, URI url, SheetVersion known) {
    Optional<Sheet> sheet = sources.fetch(url, Optional.of(known));
    sheet.ifPresent(Sheet::close);
    return sheet.filter(now -> !now.version().hasContentOf(known)).isPresent();
  }

  private SheetVersion fetch(String path) {
    try (Sheet sheet = sources.fetch(url(path), Optional.empty()).orElseThrow()) {
      return sheet.version();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    if (exchange.getRequestURI().getPath().equals("/always304")) {
      send(exchange, 304, new byte[0]);
      return;
    }
    set(exchange, "ETag", etag);
    set(exchange, "Last-Modified", lastModified);
    boolean same =
        (!etag.isEmpty() && etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match")))
            || (!lastModified.isEmpty()
                && lastModified.equals(exchange.getRequestHeaders().getFirst("If-Modified-Since")));
    set(exchange, "Content-Type", "text/csv");
    byte[] body = content.getBytes(StandardCharsets.UTF_8);
    if (gzip) {
      set(exchange, "Content-Encoding", "gzip");
      body = gzip(body);
    }
    send(exchange, same ? 304 : 200, same ? new byte[0] : body);
  }

  private void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    statuses.add(status);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static void set(HttpExchange exchange, String name, String value) {
    if (!value.isEmpty()) {
      exchange.getResponseHeaders().set(name, value);
    }
  }

  private static String ago(Duration time) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(
        ZonedDateTime.now(ZoneOffset.UTC).minus(time));
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }
}
