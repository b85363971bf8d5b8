package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.embedded.process.ChildProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A server in a process of its own, with little memory, and bodies that are made to use it up. */
class BodyMemoryTest {
  private static final int MAX_BYTES = 32 * 1024 * 1024;

  /** The server; it ends with its standard input. */
  static final class Server {
    private Server() {}

    public static void main(String[] args) throws IOException {
      try (ApiFixture api = new ApiFixture()) {
        api.kindIsKnown("test.noop", "[]");
        System.out.println("port " + api.api.port());
        System.in.read();
      }
    }
  }

  @Test
  void large_bodies_at_once_do_not_end_a_process_of_256_mb() throws Exception {
    sendAll(256);
  }

  @Test
  void large_bodies_at_once_do_not_end_a_process_of_512_mb() throws Exception {
    sendAll(512);
  }

  private static void sendAll(int megabytes) throws Exception {
    Process server =
        new ProcessBuilder(
                ChildProcess.jvm(
                    List.of("-Xmx" + megabytes + "m", "-XX:+ExitOnOutOfMemoryError"),
                    Server.class,
                    List.of()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = server.inputReader(StandardCharsets.UTF_8)) {
      int port = port(out);
      for (String body : bodies()) {
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          answers.add(CompletableFuture.supplyAsync(() -> status(port, body)));
        }
        for (CompletableFuture<Integer> answer : answers) {
          // which of them finds room for its body depends on the others
          assertThat(answer.join()).isIn(202, 400, 413, 422, 503);
        }
        assertThat(server.isAlive()).isTrue();
      }
      List<CompletableFuture<Integer>> mixed =
          bodies().stream()
              .map(body -> CompletableFuture.supplyAsync(() -> status(port, body)))
              .toList();
      mixed.forEach(answer -> assertThat(answer.join()).isIn(202, 400, 413, 422, 503));
      assertThat(status(port, list(text(3_100), 9_999))).as("the most jobs").isEqualTo(202);
      assertThat(status(port, list(text(262_000), 120))).as("the largest").isEqualTo(202);
      assertThat(status(port, "{\"jobs\":[{\"kind\":\"test.noop\"}]}")).isEqualTo(202);
    } finally {
      server.getOutputStream().close();
      if (!server.waitFor(60, TimeUnit.SECONDS)) {
        server.destroyForcibly();
      }
    }
    assertThat(server.exitValue()).isZero();
  }

  private static int port(BufferedReader out) throws IOException {
    String line = out.readLine();
    while (line != null && !line.startsWith("port ")) {
      line = out.readLine();
    }
    assertThat(line).as("the server has started").isNotNull();
    return Integer.parseInt(line.substring(5));
  }

  /** Each of 32 MB or a little more. */
  private static List<String> bodies() {
    String empty = "{},";
    String nested =
        "{\"kind\":\"test.noop\",\"payload\":{\"a\":" + "[".repeat(400) + "]".repeat(400) + "}},";
    String fields = fields();
    String text = text(3_200);
    String large = text(262_000);
    return List.of(
        "{\"jobs\":[" + empty.repeat(11_100_000) + "{}]}",
        list(nested, 9_000),
        list(fields, MAX_BYTES / fields.length() - 1),
        list(text, 9_999),
        list(large, 125),
        "{\"jobs\":[" + "1,".repeat(MAX_BYTES / 2 - 20) + "1]}",
        "{\"jobs\":" + "[".repeat(MAX_BYTES - 20));
  }

  /** A job with a long text, of which one letter makes it twice as long in memory. */
  private static String text(int length) {
    return "{\"kind\":\"test.noop\",\"payload\":{\"a\":\"" + "ж" + "x".repeat(length) + "\"}},";
  }

  /** A job whose payload has many short fields, each of another name. */
  private static String fields() {
    StringBuilder job = new StringBuilder("{\"kind\":\"test.noop\",\"payload\":{");
    for (int i = 0; i < 20_000; i++) {
      job.append('"').append(Integer.toString(i, 36)).append("\":{},");
    }
    return job.append("\"z\":0}},").toString();
  }

  private static String list(String job, int count) {
    return "{\"jobs\":[" + job.repeat(count) + "{\"kind\":\"test.noop\"}]}";
  }

  private static int status(int port, String body) {
    try {
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + port + "/api/admin/jobs/bulk"))
                      .timeout(Duration.ofMinutes(2))
                      .header("Authorization", "Bearer " + ApiFixture.KEY)
                      .header("Content-Type", "application/json")
                      .header("Idempotency-Key", UUID.randomUUID().toString())
                      .POST(BodyPublishers.ofString(body))
                      .build(),
                  BodyHandlers.ofString());
      return answer.statusCode();
    } catch (IOException e) {
      // refused before all of it was sent: the answer may be lost with the connection
      return 413;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
