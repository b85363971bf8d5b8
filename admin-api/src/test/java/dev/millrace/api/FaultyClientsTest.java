package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.testing.LogLines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.slf4j.Logger;

/** Clients that pack their bodies, send them by the byte, or put lines into headers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultyClientsTest {
  private static final String JOBS = "/api/admin/jobs";
  private static final String JOB = "{\"kind\":\"test.noop\"}";
  private static final int SLOW = 50;
  private static final String FORGED = "INFO forged";

  private final ApiFixture api = new ApiFixture();

  @BeforeAll
  void a_worker_has_told_of_its_kinds() {
    api.kindIsKnown("test.noop", "[]");
  }

  @AfterAll
  void close() {
    api.close();
  }

  private static String head(String method, String path, String headers) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer "
        + ApiFixture.KEY
        + "\r\nContent-Type: application/json\r\n"
        + headers;
  }

  private static byte[] packedZeros(int megabytes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < megabytes; i++) {
        out.write(zeros);
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void a_packed_body_is_refused_and_never_unpacked() throws IOException {
    byte[] bomb = packedZeros(200);
    assertThat(bomb.length).isLessThan(1 << 20);
    for (String coding : List.of("gzip", "GZIP", "x-gzip", "br", "deflate", "zstd", "gzip, gzip")) {
      Answer answer =
          api.send(
              api.request(JOBS)
                  .header("Content-Type", "application/json")
                  .header("Content-Encoding", coding)
                  .POST(BodyPublishers.ofByteArray(bomb)));
      assertThat(answer.status()).as(coding).isEqualTo(415);
      assertThat(answer.json().path("code").asText()).isEqualTo("unsupported_media_type");
      assertThat(answer.json().path("detail").asText())
          .containsIgnoringCase("Content-Encoding must be identity or absent, was " + coding);
    }
    Answer plain =
        api.send(
            api.request(JOBS)
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "identity")
                .POST(BodyPublishers.ofString(JOB)));
    assertThat(plain.status()).isEqualTo(202);
  }

  @Test
  void fifty_bodies_that_trickle_do_not_stop_others() {
    List<RawClient> slow = new ArrayList<>();
    try {
      for (int i = 0; i < SLOW; i++) {
        RawClient client = new RawClient(api.api.port());
        slow.add(client.send(head("POST", JOBS, "Content-Length: 100000\r\n\r\n")));
      }
      for (int round = 0; round < 10; round++) {
        slow.forEach(client -> client.send(" "));
        List<CompletableFuture<Integer>> others = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          others.add(CompletableFuture.supplyAsync(() -> api.get("/api/admin/workers").status()));
        }
        assertThat(others).extracting(CompletableFuture::join).containsOnly(200);
        assertThat(api.post(JOBS, JOB).status()).isEqualTo(202);
      }
    } finally {
      slow.forEach(RawClient::close);
    }
  }

  @Test
  void lines_in_headers_and_paths_reach_no_log_and_no_header() {
    List<String> lines = List.of("\r", "\n", "\u0000", "\u001b[2J", "\r\n ", "\u000b");
    List<String> requests = new ArrayList<>();
    for (String line : lines) {
      for (String header : List.of("Millrace-Reason", "Millrace-Request-Id", "User-Agent")) {
        requests.add(
            head("POST", JOBS, header + ": a" + line + FORGED + "\r\nContent-Length: 0\r\n"));
      }
    }
    for (String line : List.of("%0d%0a", "%0a", "%1b%5B2J", "%00")) {
      requests.add(head("POST", JOBS + "/" + line + "Set-Cookie:forged=1", ""));
      requests.add(head("GET", JOBS + "?state=" + line + FORGED.replace(" ", "%20"), ""));
      requests.add(head("GET", JOBS + "?" + line + "forged=1", ""));
    }
    try (LogLines logged = new LogLines(Logger.ROOT_LOGGER_NAME)) {
      for (String request : requests) {
        try (RawClient client = new RawClient(api.api.port())) {
          String answer = client.send(request + "Connection: close\r\n\r\n").end().rest();
          assertThat(answer).as(request).startsWith("HTTP/1.1 4");
          String headers = answer.substring(0, answer.indexOf("\r\n\r\n"));
          assertThat(headers.lines()).as(request).noneMatch(one -> one.contains("forged"));
        }
      }
      assertThat(logged.lines())
          .noneMatch(message -> message.chars().anyMatch(Character::isISOControl))
          .noneMatch(message -> message.contains("forged"));
    }
  }
}
