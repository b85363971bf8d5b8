package dev.millrace.demo.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.demo.google.GoogleDocument.Tab;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Google on a free port of this machine: {@code /token} gives an access token for a signed
 * assertion, {@code /v4/spreadsheets/ID} and {@code /v4/spreadsheets/ID/values:batchGet} answer
 * documents that are shared with the account. Parameters that Google does not know are refused.
 */
public final class GoogleServer implements AutoCloseable {
  private static final Pattern DOCUMENT =
      Pattern.compile("/v4/spreadsheets/([\\w-]+)(/values:batchGet)?");
  private static final Set<String> STANDARD =
      Set.of(
          "$.xgafv",
          "access_token",
          "alt",
          "callback",
          "fields",
          "key",
          "oauth_token",
          "prettyPrint",
          "quotaUser",
          "uploadType",
          "upload_protocol");
  private static final Set<String> GET =
      Set.of("ranges", "includeGridData", "excludeTablesInBandedRanges");
  private static final Set<String> BATCH_GET =
      Set.of("ranges", "majorDimension", "valueRenderOption", "dateTimeRenderOption");
  private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
  private static final long TOKEN_SECONDS = 3_599;
  private static final long SLOW_MILLIS = 50;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool(GoogleServer::daemon);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final GoogleKeys keys = new GoogleKeys();
  private final Map<String, GoogleDocument> documents = new ConcurrentHashMap<>();
  private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();
  private final Set<String> tokens = ConcurrentHashMap.newKeySet();
  private final Queue<Optional<GoogleFault>> faults = new ConcurrentLinkedQueue<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  private GoogleServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "google");
    thread.setDaemon(true);
    return thread;
  }

  /** Starts a server without documents. */
  public static GoogleServer start() throws IOException {
    return new GoogleServer();
  }

  /** For {@code GOOGLE_SHEETS_ROOT_URL}. */
  public URI root() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  /** For {@code GOOGLE_TOKEN_URL}; the key file names it too. */
  public URI token() {
    return root().resolve("token");
  }

  /** The address with which documents are shared. */
  public String email() {
    return GoogleKeys.EMAIL;
  }

  /** Writes the account's key file, for {@code GOOGLE_APPLICATION_CREDENTIALS}. */
  public void writeKey(Path file) throws IOException {
    keys.write(file, token());
  }

  /**
   * Adds a document, or replaces it, and shares it with the account.
   *
   * @return the address of its editor
   */
  public URI share(String id, GoogleDocument document) {
    documents.put(id, document);
    withdrawn.remove(id);
    return URI.create("https://docs.google.com/spreadsheets/d/" + id + "/edit#gid=0");
  }

  /** Ends the sharing of a document, which stays where it is. */
  public void withdraw(String id) {
    withdrawn.add(id);
  }

  /** Makes the next requests to the API fail, in this order. */
  public void fail(GoogleFault... next) {
    Stream.of(next).map(Optional::of).forEach(faults::add);
  }

  /** Makes one request to the API fail after some that do not. */
  public void failAfter(int good, GoogleFault fault) {
    for (int i = 0; i < good; i++) {
      faults.add(Optional.empty());
    }
    fail(fault);
  }

  /** Ends all access tokens. */
  public void endTokens() {
    tokens.clear();
  }

  /** What was requested: method and path, in order. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
      route(exchange);
    }
  }

  private void route(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Matcher document = DOCUMENT.matcher(path);
    try {
      if (path.equals("/token")) {
        token(exchange);
      } else if (exchange.getRequestMethod().equals("GET") && document.matches()) {
        api(exchange, document.group(1), document.group(2) != null);
      } else {
        send(exchange, 404, GoogleAnswers.error(GoogleFault.MISSING));
      }
    } catch (IllegalArgumentException e) {
      send(exchange, 400, error(String.valueOf(e.getMessage())));
    }
  }

  private void token(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII);
    Map<String, List<String>> form = parameters(body);
    Optional<String> refused =
        form.getOrDefault("grant_type", List.of("")).get(0).equals(GRANT)
            ? keys.refuses(form.getOrDefault("assertion", List.of("")).get(0))
            : Optional.of("the grant_type is not " + GRANT);
    if (refused.isPresent()) {
      send(
          exchange,
          400,
          JsonNodeFactory.instance
              .objectNode()
              .put("error", "invalid_grant")
              .put("error_description", refused.get()));
      return;
    }
    String token = "ya29." + UUID.randomUUID();
    tokens.add(token);
    send(
        exchange,
        200,
        JsonNodeFactory.instance
            .objectNode()
            .put("access_token", token)
            .put("expires_in", TOKEN_SECONDS)
            .put("token_type", "Bearer"));
  }

  private void api(HttpExchange exchange, String id, boolean values) throws IOException {
    String given =
        String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
            .replaceFirst("^Bearer ", "");
    Optional<GoogleFault> next = Optional.ofNullable(faults.poll()).flatMap(fault -> fault);
    GoogleFault fault = tokens.contains(given) ? next.orElse(null) : GoogleFault.UNAUTHENTICATED;
    if (fault != null && fault.status() != 200) {
      if (fault == GoogleFault.QUOTA_WITH_TIME) {
        exchange.getResponseHeaders().set("Retry-After", "7");
      }
      send(exchange, fault.status(), GoogleAnswers.error(fault));
      return;
    }
    GoogleDocument document = documents.get(id);
    if (document == null) {
      send(exchange, 404, GoogleAnswers.error(GoogleFault.MISSING));
      return;
    }
    if (withdrawn.contains(id)) {
      send(exchange, 403, GoogleAnswers.error(GoogleFault.REVOKED));
      return;
    }
    JsonNode answer = values ? values(exchange, id, document) : spreadsheet(exchange, id, document);
    if (fault == null) {
      send(exchange, 200, answer);
    } else {
      sendBroken(exchange, fault, answer.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static JsonNode spreadsheet(HttpExchange exchange, String id, GoogleDocument document) {
    Map<String, List<String>> query = query(exchange, GET);
    FieldMask mask = mask(query);
    List<String> ranges = query.getOrDefault("ranges", List.of());
    boolean data =
        query.containsKey("fields")
            ? mask.keeps("sheets", "data")
            : query.getOrDefault("includeGridData", List.of("false")).contains("true");
    List<Tab> tabs = ranges.isEmpty() ? document.tabs() : tabs(document, ranges);
    return mask.of(GoogleAnswers.spreadsheet(id, document, tabs, data));
  }

  private static JsonNode values(HttpExchange exchange, String id, GoogleDocument document) {
    Map<String, List<String>> query = query(exchange, BATCH_GET);
    require(query, "valueRenderOption", "UNFORMATTED_VALUE");
    require(query, "dateTimeRenderOption", "SERIAL_NUMBER");
    require(query, "majorDimension", "ROWS");
    List<Tab> tabs = tabs(document, query.getOrDefault("ranges", List.of()));
    return mask(query).of(GoogleAnswers.values(id, tabs));
  }

  private static void require(Map<String, List<String>> query, String name, String value) {
    if (!query.getOrDefault(name, List.of()).equals(List.of(value))) {
      throw new IllegalArgumentException("this server answers only " + name + "=" + value);
    }
  }

  private static FieldMask mask(Map<String, List<String>> query) {
    return query.containsKey("fields")
        ? FieldMask.parse(query.get("fields").get(0))
        : FieldMask.ALL;
  }

  /** Whole tabs by their quoted names. */
  private static List<Tab> tabs(GoogleDocument document, List<String> ranges) {
    List<Tab> tabs = new ArrayList<>();
    for (String range : ranges) {
      tabs.add(
          document.tabs().stream()
              .filter(tab -> range.equals("'" + tab.title().replace("'", "''") + "'"))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("Unable to parse range: " + range)));
    }
    return tabs;
  }

  private static Map<String, List<String>> query(HttpExchange exchange, Set<String> known) {
    Map<String, List<String>> query =
        parameters(Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse(""));
    for (String name : query.keySet()) {
      if (!known.contains(name) && !STANDARD.contains(name)) {
        throw new IllegalArgumentException("Unknown name \"" + name + "\": Cannot bind query");
      }
    }
    return query;
  }

  private static Map<String, List<String>> parameters(String text) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters
            .computeIfAbsent(decoded(pair.substring(0, equals)), name -> new ArrayList<>())
            .add(decoded(pair.substring(equals + 1)));
      }
    }
    return parameters;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static ObjectNode error(String message) {
    ObjectNode answer = GoogleAnswers.error(GoogleFault.OFFICE_FILE);
    ((ObjectNode) answer.path("error")).put("message", message).put("status", "INVALID_ARGUMENT");
    return answer;
  }

  private static void send(HttpExchange exchange, int status, JsonNode answer) throws IOException {
    byte[] body = answer.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private void sendBroken(HttpExchange exchange, GoogleFault fault, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
    int half = body.length / 2;
    exchange.sendResponseHeaders(200, fault == GoogleFault.HALF_JSON ? half : body.length);
    OutputStream out = exchange.getResponseBody();
    if (fault != GoogleFault.SLOW) {
      out.write(body, 0, half);
      out.flush();
      return;
    }
    try {
      for (int i = 0; i < half && !closed.await(SLOW_MILLIS, TimeUnit.MILLISECONDS); i++) {
        out.write(body, i, 1);
        out.flush();
      }
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
