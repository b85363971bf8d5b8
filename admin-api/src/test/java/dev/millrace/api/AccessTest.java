package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.ApiFixture.Answer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Who may call, and what every answer carries. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessTest {
  private final ApiFixture api = new ApiFixture();

  @BeforeAll
  void a_worker_has_told_of_its_kinds() {
    api.kindIsKnown("test.noop", "[{\"name\": \"size\", \"type\": \"int\"}]");
  }

  @AfterAll
  void close() {
    api.close();
  }

  private HttpRequest.Builder withoutKey(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.api.port() + path));
  }

  @Test
  void without_a_key_every_path_under_api_is_401() {
    for (String path :
        List.of(
            "/api/admin/status",
            "/api/admin/ingestion/status",
            "/api/admin/workers",
            "/api/admin/jobs",
            "/api/admin/nothing-here")) {
      Answer answer = api.send(withoutKey(path));
      assertThat(answer.status()).as(path).isEqualTo(401);
      assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
      assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
      assertThat(answer.json().path("code").asText()).isEqualTo("unauthorized");
      assertThat(answer.json().path("instance").asText()).isEqualTo(path);
    }
  }

  @Test
  void a_wrong_key_and_another_scheme_are_refused() {
    for (String header :
        List.of("Bearer wrong", "Bearer", "Bearer ", "Basic " + ApiFixture.KEY, ApiFixture.KEY)) {
      Answer answer = api.send(withoutKey("/api/admin/status").header("Authorization", header));
      assertThat(answer.status()).as(header).isEqualTo(401);
      assertThat(answer.response().body()).doesNotContain(ApiFixture.KEY);
    }
  }

  @Test
  void no_spelling_of_a_path_gets_round_the_key() {
    for (String path :
        List.of(
            "/%61pi/admin/status",
            "//api/admin/status",
            "/api//admin/status",
            "/x/..%2fapi/admin/status",
            "/api/admin/status;x=1",
            "/api/admin/status/",
            "/API/admin/status")) {
      assertThat(api.send(withoutKey(path)).status()).as(path).isIn(400, 401, 404);
    }
  }

  @Test
  void a_write_without_a_key_changes_nothing() {
    Answer answer = api.send(withoutKey("/api/admin/ingestion/sync").POST(BodyPublishers.noBody()));

    assertThat(answer.status()).isEqualTo(401);
    assertThat(api.get("/api/admin/jobs").json().path("jobs")).isEmpty();
  }

  @Test
  void a_head_request_needs_the_key_too() {
    assertThat(
            api.send(withoutKey("/api/admin/status").method("HEAD", BodyPublishers.noBody()))
                .status())
        .isEqualTo(401);
    assertThat(
            api.send(api.request("/api/admin/status").method("HEAD", BodyPublishers.noBody()))
                .status())
        .isEqualTo(200);
  }

  @Test
  void the_document_of_the_description_is_open_and_the_description_is_not() throws Exception {
    for (String path : List.of("/api/docs", "/api/docs/")) {
      HttpRequest asked = withoutKey(path).build();
      assertThat(HttpClient.newHttpClient().send(asked, BodyHandlers.ofString()).statusCode())
          .as("200, or 503 in a build without the page")
          .isIn(200, 503);
    }
    for (String path : List.of("/api/openapi.yaml", "/api/docs/x", "/api/docsx")) {
      assertThat(api.send(withoutKey(path)).status()).as(path).isEqualTo(401);
    }
    assertThat(api.send(withoutKey("/api/docs").POST(BodyPublishers.noBody())).status())
        .isEqualTo(401);
  }

  @Test
  void health_is_open() {
    assertThat(api.send(withoutKey("/health/live")).status()).isEqualTo(200);
    assertThat(api.send(withoutKey("/health/ready")).status()).isEqualTo(200);
  }

  @Test
  void every_answer_carries_the_security_headers() {
    for (Answer answer :
        List.of(
            api.get("/api/admin/status"),
            api.get("/health/live"),
            api.get("/nothing"),
            api.get("/api/nothing"),
            api.send(withoutKey("/api/admin/status")),
            api.send(api.request("/api/admin/status").DELETE()))) {
      assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
      assertThat(answer.header("Content-Security-Policy")).contains("frame-ancestors 'none'");
      assertThat(answer.header("Cache-Control")).isNotEmpty();
      assertThat(answer.header("Server")).isEmpty();
    }
  }

  @Test
  void an_unknown_path_is_a_problem() {
    Answer answer = api.get("/api/admin/nothing");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(answer.json().path("type").asText()).isEqualTo("urn:millrace:problem:not_found");
    assertThat(answer.json().path("title").asText()).isEqualTo("Not Found");
    assertThat(answer.json().path("status").asInt()).isEqualTo(404);
  }

  @Test
  void a_wrong_method_is_405_with_the_allowed_ones() {
    Answer answer = api.send(api.request("/api/admin/status").DELETE());

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("Allow")).contains("GET");
    assertThat(answer.json().path("code").asText()).isEqualTo("method_not_allowed");
  }

  @Test
  void a_defect_is_answered_with_its_trace_id_only() {
    try (ApiFixture broken = new ApiFixture()) {
      broken.sql("ALTER TABLE public.background_workers RENAME TO elsewhere");

      Answer answer = broken.get("/api/admin/workers");

      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.json().path("code").asText()).isEqualTo("internal_error");
      assertThat(answer.json().path("trace_id").asText()).hasSize(32);
      assertThat(answer.response().body()).doesNotContain("SELECT", "background_workers");
    }
  }

  @Test
  void what_reaches_no_route_is_a_problem_with_a_code() {
    String rest = "Host: here\r\nConnection: close\r\n\r\n";
    Map<String, String> codes =
        Map.of(
            "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\n" + rest, "uri_too_long",
            "GET / HTTP/1.1\r\nX: " + "a".repeat(20_000) + "\r\n" + rest,
                "request_header_fields_too_large",
            "GET / HTTP/7.0\r\n" + rest, "http_version_not_supported",
            "GET / HTTP/1.1\r\nContent-Length: x\r\n" + rest, "bad_request");
    codes.forEach(
        (request, code) -> {
          try (RawClient client = new RawClient(api.api.port())) {
            assertThat(client.send(request).rest()).contains("\"code\":\"" + code + "\"");
          }
        });
  }

  @Test
  void a_request_that_is_not_http_gets_a_problem_as_well() {
    try (RawClient client = new RawClient(api.api.port())) {
      String answer =
          client.send("GET /%zz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").rest();

      assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json");
      assertThat(answer).contains("nosniff").doesNotContain("Jetty", "Exception");
    }
  }
}
