package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.app.log.EncodedLog;
import dev.millrace.app.log.Output;
import dev.millrace.json.Json;
import dev.millrace.text.Visible;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;

/**
 * Names, reasons and errors that were made to move the cursor, hide text, turn its direction, or
 * look like another line: in the log and in whatever a command prints.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileTextTest {
  private static final String FORGED = "12:00:00.000 INFO  Node all is well";

  private HttpServer server;
  private volatile String text = "";

  static Stream<String> hostile() {
    return Stream.of(
        "a\u0000b",
        "bell\u0007",
        "over\b\b\b\bdrawn",
        "first\rsecond",
        "two\nlines",
        "two\r\nlines",
        "down\u000bone",
        "next\u000cpage",
        "tab\tbed",
        "shift\u000eout\u000fin",
        "cancel\u0018\u001a",
        "\u001b[2J\u001b[H",
        "\u001b[31mred\u001b[0m",
        "\u001b]0;title\u0007",
        "\u001b]52;c;cm0gLXJm\u0007",
        "\u001b]8;;http://evil.example\u001b\\link\u001b]8;;\u001b\\",
        "\u001b[6n",
        "\u001b[?1049h",
        "\u001b[1A\u001b[2K",
        "\u001bP$q\"p\u001b\\",
        "\u001b_Gpayload\u001b\\",
        "\u001b^private\u001b\\",
        "\u001bc",
        "\u001b(0lqqk\u001b(B",
        "\u001b#8",
        "delete\u007f",
        "\u009b31mC1",
        "\u0090C1 string\u009c",
        "\u009d0;title\u009c",
        "\u0085next line",
        "\u008dreverse",
        "\u202eright to left",
        "\u202aembedded\u202c",
        "\u202dover\u202c",
        "\u2066isolated\u2069",
        "\u2067isolated\u2069",
        "\u2068isolated\u2069",
        "\u200eleft\u200f",
        "\u061carabic",
        "zero\u200bwidth",
        "zero\u200djoined\u200c",
        "word\u2060joined",
        "\ufeffmark",
        "line\u2028separated",
        "paragraph\u2029separated",
        "soft\u00adhyphen",
        "combining\u034fjoiner",
        "hangul\u3164filler",
        "annotated\ufff9a\ufffab\ufffb",
        "tag\udb40\udc41\udb40\udc42",
        "shorthand\ud82f\udca0",
        "half \ud83d of two",
        "\udc00",
        "\n" + FORGED,
        "\r\n" + FORGED,
        "\u0085" + FORGED,
        "%d%n%msg{}",
        "\\u001b[2J");
  }

  @BeforeAll
  void startsAnApiWithHostileAnswers() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterAll
  void close() {
    server.stop(0);
  }

  private void answer(HttpExchange call) throws IOException {
    call.getRequestBody().readAllBytes();
    String path = call.getRequestURI().getPath();
    boolean refuses = call.getRequestMethod().equals("POST");
    ObjectNode body = Json.mapper().createObjectNode();
    if (refuses) {
      body.put("title", text)
          .put("detail", text)
          .put("code", "unique_key_held")
          .put("job_id", text);
    } else if (path.endsWith("/jobs")) {
      body.putArray("jobs").addObject().put("id", text).put("kind", text).put("error", text);
    } else {
      status(body);
      lists(body);
      job(body);
    }
    byte[] bytes = Json.write(body).getBytes(StandardCharsets.UTF_8);
    call.sendResponseHeaders(refuses ? 409 : 200, bytes.length);
    call.getResponseBody().write(bytes);
    call.close();
  }

  private void status(ObjectNode body) {
    body.put("as_of", text).putArray("degraded").add(text).add("internal:" + text);
    body.putArray("troubles").add(text);
    body.putObject("scheduler")
        .put("state", "late")
        .put("trouble", text)
        .put("leader", text)
        .putArray("nodes")
        .addObject()
        .put("node", text);
    body.putObject("jobs").putObject("counts").put(text, text);
    for (String list :
        List.of("background_workers", "views", "queue_workers", "unserved", "running_jobs")) {
      ObjectNode row = body.putArray(list).addObject();
      for (String field :
          List.of("worker_name", "view", "view_name", "name", "reason", "kind", "queue", "id")) {
        row.put(field, text);
      }
      row.put("worker_id", text).put("host", text).put("state", "lost");
    }
  }

  /** What the other calls answer with, each field a hostile text. */
  private void lists(ObjectNode body) {
    for (String list :
        List.of(
            "workers",
            "runs",
            "next_runs",
            "problems",
            "watches",
            "history",
            "sessions",
            "pauses",
            "flags",
            "suppliers",
            "syncs",
            "logs")) {
      ObjectNode row = body.putArray(list).addObject();
      for (String field :
          List.of(
              "worker_key",
              "last_run_error",
              "state",
              "at",
              "local",
              "severity",
              "message",
              "fix_sql",
              "source",
              "method",
              "error",
              "query",
              "queue",
              "kind",
              "reason",
              "flag",
              "changed_by",
              "supplier_name",
              "error_type")) {
        row.put(field, text);
      }
      row.putObject("cell").put("column", text).put("value", text);
      row.putArray("blockers").addObject().put("query", text);
    }
    body.putObject("view").put("view_name", text).put("status", text).put("reason", text);
    body.putArray("unknown_requests").add(text);
    body.put("time_zone", text);
  }

  private void job(ObjectNode body) {
    body.put("id", text).put("kind", text).put("state", text).put("error", text);
    body.putObject("payload").put(text, text);
    body.putObject("result").put(text, text);
    body.putObject("children").put("total", 1).putObject("by_state").put(text, 1);
    body.putArray("attempts").addObject().put("outcome", text).put("error", text);
    body.putArray("log").addObject().put("at", text).put("level", text).put("message", text);
  }

  private String printed(String... command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String[] args = Stream.concat(Stream.of(command), url()).toArray(String[]::new);
    Main.command(
            Map.of("MILLRACE_ADMIN_KEY", "a-key-for-the-tests-0123456789"),
            Output.visible(bytes),
            Output.visible(bytes))
        .execute(args);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private Stream<String> url() {
    return Stream.of("--url", "http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static void isHarmless(String what, String shown) {
    assertThat(shown).as(what).isNotEmpty();
    assertThat(
            shown.codePoints().filter(c -> c != '\n' && c != '\t' && Visible.isHidden(c)).toArray())
        .as(what)
        .isEmpty();
    assertThat(shown.lines()).as(what).noneMatch(line -> line.startsWith(FORGED));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostile_text_is_visible_in_every_output_of_a_command(String hostile) {
    text = hostile;
    for (List<String> command :
        List.of(
            List.of("status"),
            List.of("doctor"),
            List.of("jobs"),
            List.of("enqueue", "test.noop"),
            List.of("jobs", "--state", hostile),
            List.of("jobs", "--limit", hostile),
            List.of("enqueue", "test.noop", "--delay", hostile),
            List.of("enqueue", hostile))) {
      isHarmless(command.toString(), printed(command.toArray(String[]::new)));
    }
  }

  /** Some texts at once: a cell of a table shows 80 characters. */
  static Stream<String> someHostile() {
    List<String> all = hostile().toList();
    return IntStream.iterate(0, first -> first < all.size(), first -> first + 5)
        .mapToObj(first -> String.join("", all.subList(first, Math.min(first + 5, all.size()))));
  }

  @ParameterizedTest
  @MethodSource("someHostile")
  void hostile_text_is_visible_in_lists_and_details(String hostile) {
    text = hostile;
    for (List<String> command :
        List.of(
            List.of("jobs", "show", "1"),
            List.of("jobs", "logs", "1"),
            List.of("workers"),
            List.of("workers", "show", "nightly"),
            List.of("workers", "next", "nightly"),
            List.of("views"),
            List.of("views", "show", "seen"),
            List.of("views", "blocking"),
            List.of("queues"),
            List.of("flags"),
            List.of("sync", "suppliers"),
            List.of("sync", "history"),
            List.of("sync", "logs"))) {
      isHarmless(command.toString(), printed(command.toArray(String[]::new)));
    }
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostile_text_stays_itself_in_json(String hostile) throws IOException {
    text = hostile;
    boolean whole = StandardCharsets.UTF_8.newEncoder().canEncode(hostile);
    String jobs = printed("jobs", "--json");
    String status = printed("status", "--json");
    isHarmless("jobs", jobs);
    isHarmless("status", status);
    if (whole) {
      assertThat(Json.tree(jobs).at("/jobs/0/error").asText()).isEqualTo(hostile);
      assertThat(Json.tree(status).at("/troubles/0").asText()).isEqualTo(hostile);
    }
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostile_text_is_one_visible_line_in_the_log(String hostile) {
    LoggerContext context = new LoggerContext();
    context.start();
    EncodedLog lines = new EncodedLog(context, Map.of());
    String line =
        lines.of(logger -> logger.atWarn().addKeyValue("name", hostile).log("{} is", hostile));
    isHarmless("message", line);
    assertThat(line.lines().filter(text -> !text.isEmpty())).hasSize(1);
    String trace =
        lines.of(
            logger ->
                logger.error(
                    "failed {}",
                    hostile,
                    new IllegalStateException(hostile, new IOException(hostile))));
    isHarmless("exception", trace);
    assertThat(trace.lines().skip(1).filter(text -> !text.isEmpty()))
        .allMatch(text -> text.startsWith("\t"));
    context.stop();
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostile_text_is_visible_and_itself_in_the_json_log(String hostile) throws IOException {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(MDC.getMDCAdapter());
    context.start();
    EncodedLog lines = new EncodedLog(context, Map.of("MILLRACE_LOG", "json"));
    String line =
        lines.of(
            logger ->
                logger
                    .atWarn()
                    .addKeyValue("name", hostile)
                    .setCause(new IllegalStateException(hostile))
                    .log("{} is", hostile));
    context.stop();
    isHarmless("line", line);
    assertThat(line.lines()).hasSize(1);
    assertThat(line).doesNotContain("\t");
    JsonNode read = Json.tree(line);
    if (StandardCharsets.UTF_8.newEncoder().canEncode(hostile)) {
      assertThat(read.path("message").asText()).isEqualTo(hostile + " is");
      assertThat(read.path("name").asText()).isEqualTo(hostile);
      assertThat(read.path("stack_trace").asText()).contains(hostile);
    }
  }

  @Test
  void letters_of_all_languages_stay_as_they_are() {
    for (String kept :
        List.of("Grüße", "日本語", "العربية", "עברית", "हिन्दी", "🚀🇩🇪", "한국어", "a b")) {
      assertThat(Visible.line(kept)).isEqualTo(kept);
    }
  }
}
