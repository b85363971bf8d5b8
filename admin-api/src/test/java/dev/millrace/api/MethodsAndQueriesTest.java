package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.ApiFixture.Answer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What the routes themselves do not see: methods, queries, origins; and what passes them unchanged.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MethodsAndQueriesTest {
  private final ApiFixture api = new ApiFixture();

  @BeforeAll
  void a_worker_has_told_of_its_kinds() {
    api.kindIsKnown("test.noop", "[]");
  }

  @AfterAll
  void close() {
    api.close();
  }

  private HttpRequest.Builder bare(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.api.port() + path));
  }

  private static HttpRequest.Builder method(String method, HttpRequest.Builder request) {
    return request.method(method, BodyPublishers.noBody());
  }

  @Test
  void head_answers_as_get_does_without_the_body() {
    for (String path :
        List.of(
            "/api/admin/jobs",
            "/api/admin/workers/master_sync",
            "/api/admin/jobs/999999",
            "/api/admin/nothing",
            "/api/admin/enqueue-stats-job",
            "/health/live")) {
      Answer get = api.get(path);
      Answer head = api.send(method("HEAD", api.request(path)));
      assertThat(head.status()).as(path).isEqualTo(get.status());
      assertThat(head.response().body()).isEmpty();
      for (String header : List.of("Content-Type", "Content-Length", "ETag", "Allow")) {
        assertThat(head.header(header)).as(path + " " + header).isEqualTo(get.header(header));
      }
    }
    assertThat(api.send(method("HEAD", bare("/health/ready"))).status()).isEqualTo(200);
    assertThat(api.send(method("HEAD", bare("/api/admin/jobs"))).status()).isEqualTo(401);
    String tag = api.get("/api/admin/status").header("ETag");
    assertThat(
            api.send(method("HEAD", api.request("/api/admin/status")).header("If-None-Match", tag))
                .status())
        .isEqualTo(304);
  }

  @Test
  void a_query_that_cannot_be_read_is_refused_by_name() {
    api.enqueue("test.noop");
    for (String query :
        List.of(
            "state=%zz",
            "state=%",
            "state=queued%f",
            "state=%ff",
            "state=queued%00",
            "state=queued&state=failed",
            "state=queued&%73tate=queued",
            "state=nothing")) {
      String answer = raw("/api/admin/jobs?" + query);
      assertThat(answer).as(query).startsWith("HTTP/1.1 400");
      assertThat(answer).as(query).contains("\"field\":\"state\"");
    }
    for (String path :
        List.of(
            "/api/admin/jobs?stat=queued", "/api/admin/workers?stat=1", "/api/admin/jobs/1?stat")) {
      Answer answer = api.get(path);
      assertThat(answer.status()).as(path).isEqualTo(400);
      assertThat(answer.json().path("field").asText()).isEqualTo("stat");
    }
    assertThat(api.get("/api/admin/jobs?state=%71ueued&limit=1").json().path("jobs")).hasSize(1);
  }

  /** As it is: the client of Java refuses to send such a query. */
  private String raw(String path) {
    try (RawClient client = new RawClient(api.api.port())) {
      return client
          .send(
              "GET "
                  + path
                  + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\nAuthorization: Bearer "
                  + ApiFixture.KEY
                  + "\r\n\r\n")
          .rest();
    }
  }

  @Test
  void options_and_405_name_the_methods_there_are() {
    Answer options = api.send(method("OPTIONS", api.request("/api/admin/jobs")));
    assertThat(options.status()).isEqualTo(204);
    assertThat(options.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
    assertThat(api.send(method("OPTIONS", bare("/api/admin/jobs"))).status()).isEqualTo(401);
    assertThat(api.send(method("OPTIONS", api.request("/api/admin/nothing"))).status())
        .isEqualTo(404);
    Answer wrong = api.delete("/api/admin/status");
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
  }

  @Test
  void a_method_in_a_header_is_refused() {
    for (String header : List.of("X-HTTP-Method-Override", "X-HTTP-Method", "x-method-override")) {
      Answer answer = api.send(api.request("/api/admin/pauses").header(header, "DELETE"));
      assertThat(answer.status()).as(header).isEqualTo(400);
      assertThat(answer.json().path("code").asText()).isEqualTo("invalid_header");
    }
  }

  @Test
  void only_named_origins_may_call_from_a_browser() {
    String origin = ApiFixture.ORIGINS.iterator().next();
    Answer preflight =
        api.send(
            method("OPTIONS", bare("/api/admin/jobs"))
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST"));
    assertThat(preflight.status()).isEqualTo(204);
    assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo(origin);
    assertThat(preflight.header("Access-Control-Allow-Headers")).contains("Authorization");
    assertThat(preflight.header("Access-Control-Allow-Credentials")).isEmpty();
    assertThat(
            api.send(api.request("/api/admin/jobs").header("Origin", origin))
                .header("Access-Control-Allow-Origin"))
        .isEqualTo(origin);
    for (String other : List.of("https://evil.example", "null", origin + ".evil.example")) {
      Answer answer =
          api.send(
              method("OPTIONS", bare("/api/admin/jobs"))
                  .header("Origin", other)
                  .header("Access-Control-Request-Method", "POST"));
      assertThat(answer.status()).as(other).isEqualTo(401);
      assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
    }
  }

  @Test
  void numbers_of_a_payload_come_out_to_the_digit() {
    for (String number :
        List.of(
            "0.1000",
            "1.0",
            "1",
            "12345678901234567890",
            "-0.30000000000000000001",
            "123456789.123456789123456789",
            "1" + "0".repeat(400))) {
      Answer made =
          api.post(
              "/api/admin/jobs", "{\"kind\":\"test.noop\",\"payload\":{\"n\":" + number + "}}");
      assertThat(made.status()).as(number).isEqualTo(202);
      String body =
          api.get("/api/admin/jobs/" + made.json().path("job_id").asText()).response().body();
      assertThat(body.replace(" ", "")).contains("\"payload\":{\"n\":" + number + "}");
    }
    for (String number : List.of("1e131073", "1e-16384", "0e999999999", "9".repeat(20_000))) {
      assertThat(
              api.post(
                      "/api/admin/jobs",
                      "{\"kind\":\"test.noop\",\"payload\":{\"n\":" + number + "}}")
                  .status())
          .as(number.substring(0, Math.min(20, number.length())))
          .isIn(400, 422);
    }
  }

  @Test
  void a_key_of_200_emoji_has_200_characters() {
    String key = "\uD83D\uDE80".repeat(200);
    assertThat(
            api.post("/api/admin/jobs", "{\"kind\":\"test.noop\",\"lock_key\":\"" + key + "\"}")
                .status())
        .isEqualTo(202);
    assertThat(
            api.post("/api/admin/jobs", "{\"kind\":\"test.noop\",\"lock_key\":\"" + key + "x\"}")
                .status())
        .isEqualTo(422);
  }
}
