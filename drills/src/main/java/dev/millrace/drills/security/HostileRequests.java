package dev.millrace.drills.security;

import dev.millrace.drills.DrillException;
import dev.millrace.drills.testbed.ChildProcesses;
import dev.millrace.drills.testbed.TestBed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests that no client of the API sends, to an API process: without the key, with a method in a
 * header, too large, not UTF-8, not JSON. Each is refused with the status that docs/http-api.md
 * names, and changes nothing.
 */
final class HostileRequests {
  private static final String RULE = "requests that were not refused as documented";
  private static final String KEY = "the key of the drill's API";
  private static final String JOBS = "/api/admin/jobs";
  private static final Duration SILENCE = Duration.ofSeconds(20);

  /** What a request could have changed. */
  private static final String STATE =
      "SELECT concat_ws(' ', (SELECT count(*) FROM millrace.jobs WHERE kind <> 'drill.effect'),"
          + " (SELECT count(*) FROM millrace.pauses), (SELECT count(*) FROM millrace.flags),"
          + " (SELECT sum(version) FROM public.background_workers),"
          + " (SELECT count(*) FROM millrace.mv_views))";

  private final TestBed testBed;
  private final int port = ChildProcesses.freePort();

  HostileRequests(TestBed testBed) {
    this.testBed = testBed;
  }

  void attack(Attempts attempts) {
    testBed
        .processes()
        .start("api", "drill api", Map.of("port", Integer.toString(port), "key", KEY))
        .awaitReady();
    String before = testBed.texts(STATE).get(0);
    attempts.expect(RULE, "200", status("GET", JOBS, List.of(key()), ""));
    methodsInHeaders(attempts);
    bodies(attempts);
    encodings(attempts);
    wrongKeys(attempts);
    attempts.expect(
        "requests without effect that changed something", before, testBed.texts(STATE).get(0));
    attempts.expect(
        "an API that refused its own key", "200", status("GET", JOBS, List.of(key()), ""));
    attempts.expect("an API that is not well", "200", status("GET", "/health/live", List.of(), ""));
  }

  private void methodsInHeaders(Attempts attempts) {
    for (String header : List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")) {
      for (String method : List.of("DELETE", "PUT", "get", "")) {
        attempts.expect(
            RULE, "400", status("GET", JOBS, List.of(key(), header + ": " + method), ""));
      }
    }
  }

  private void bodies(Attempts attempts) {
    String large =
        "{\"kind\": \"mail.send\", \"payload\": {\"a\": \"" + "x".repeat(300_000) + "\"}}";
    attempts.expect(RULE, "413", post(large));
    attempts.expect(
        RULE,
        "408",
        status("POST", JOBS, List.of(key(), json(), "Content-Length: 999999999999"), null));
    attempts.expect(
        RULE, "415", status("POST", JOBS, List.of(key(), "Content-Type: text/xml"), "<a/>"));
    attempts.expect(
        RULE,
        "415",
        status(
            "POST", JOBS, List.of(key(), "Content-Type: application/json; charset=utf-16"), "{}"));
    for (String nonsense : List.of("", "[", "null", "[]", "{\"kind\": ", "{\"kind\": \"a\"} {}")) {
      attempts.expect(RULE, "400", post(nonsense));
    }
    for (String wrong :
        List.of(
            "{\"kind\": \"mv.refresh\", \"priority\": 101}",
            "{\"kind\": \"mv.refresh\", \"unknown\": 1}",
            "{\"kind\": \"a\\u0000b\"}",
            "{\"kind\": \"\\ud800\"}",
            "{\"kind\": \"'; DROP TABLE millrace.jobs; --\"}")) {
      attempts.expect(RULE, "422", post(wrong));
    }
    attempts.expect(
        RULE,
        "400",
        status(
            "POST",
            JOBS,
            List.of(key(), json(), "Transfer-Encoding: chunked"),
            "zz\r\n{}\r\n0\r\n\r\n"));
  }

  private void encodings(Attempts attempts) {
    byte[] latin = "{\"kind\": \"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
    attempts.expect(
        RULE,
        "400",
        send(head("POST", JOBS, List.of(key(), json(), "Content-Length: " + latin.length)), latin));
    for (String query :
        List.of("state=%ff", "state=%zz", "state=failed&state=failed", "other=1", "limit=many")) {
      attempts.expect(RULE, "400", status("GET", JOBS + "?" + query, List.of(key()), ""));
    }
    attempts.expect(RULE, "404", status("GET", JOBS + "/17%20OR%201=1", List.of(key()), ""));
  }

  /** An address that a header names is not believed, so the answers to the real one come late. */
  private void wrongKeys(Attempts attempts) {
    long begin = System.nanoTime();
    for (int i = 1; i <= 10; i++) {
      List<String> headers =
          List.of(
              "Authorization: Bearer wrong key " + i,
              "X-Forwarded-For: 127.0.0.1, 10.0.0." + i,
              "X-Real-IP: 10.0.1." + i,
              "Forwarded: for=10.0.2." + i + ";host=localhost");
      attempts.expect(RULE, "401", status("POST", JOBS, headers, "{\"kind\": \"mv.refresh\"}"));
    }
    // the sixth to the tenth come 100, 200, 400, 800 and 1600 ms late
    boolean late = System.nanoTime() - begin > Duration.ofSeconds(3).toNanos();
    attempts.expect("wrong keys that a header made cheap", true, late);
  }

  private String post(String body) {
    return status("POST", JOBS, List.of(key(), json()), body);
  }

  private static String key() {
    return "Authorization: Bearer " + KEY;
  }

  private static String json() {
    return "Content-Type: application/json";
  }

  /**
   * Sends a request as it is written here and returns the status of its answer.
   *
   * @param body null: the headers announce one that does not come
   */
  private String status(String method, String path, List<String> headers, @Nullable String body) {
    byte[] bytes = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
    boolean announced =
        body == null || headers.stream().anyMatch(header -> header.startsWith("Transfer-Encoding"));
    String length = announced ? "" : "Content-Length: " + bytes.length + "\r\n";
    return send(head(method, path, headers) + length, bytes);
  }

  private static String head(String method, String path, List<String> headers) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        + String.join("\r\n", headers)
        + (headers.isEmpty() ? "" : "\r\n");
  }

  private String send(String head, byte[] body) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) SILENCE.toMillis());
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes((head + "\r\n").getBytes(StandardCharsets.UTF_8));
      request.writeBytes(body);
      socket.getOutputStream().write(request.toByteArray());
      String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      return answer.substring(answer.indexOf(' ') + 1);
    } catch (IOException e) {
      throw new DrillException("the API did not answer", e);
    }
  }
}
