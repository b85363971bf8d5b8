package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.api.access.Permission;
import dev.millrace.api.contract.ApiDescription;
import dev.millrace.api.contract.ApiDescription.Operation;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What holds for every operation of the description, and how the description is served. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryOperationTest {
  private static final String FILE = "/api/openapi.yaml";

  /** As many answers to wrong keys as are held back for one address. */
  private static final int AT_ONCE = 20;

  private static final ApiDescription DESCRIPTION = ApiDescription.current();

  private final ApiFixture api = new ApiFixture();
  private long statsJob = 999_999;

  @AfterAll
  void close() {
    api.close();
  }

  private static List<Operation> underApi() {
    return DESCRIPTION.operations().stream().filter(one -> one.path().startsWith("/api/")).toList();
  }

  private static List<Operation> withBody() {
    return underApi().stream().filter(one -> one.node().has("requestBody")).toList();
  }

  /** With values in the place of its parameters; of them, nothing exists but a few names. */
  private String path(Operation operation) {
    return operation
        .path()
        .replace("{key}", "master_sync")
        .replace("{group}", "stats")
        .replace("{flag}", "USE_BG_JOBS_CRON")
        .replace("{id}", Long.toString(statsJob))
        .replaceAll("\\{[a-z]+}", "nothing");
  }

  private Answer send(Operation operation, HttpRequest.Builder request, BodyPublisher body) {
    return api.send(request.method(operation.method().toUpperCase(Locale.ROOT), body));
  }

  private Answer post(Operation operation, String type, String body) {
    return send(
        operation,
        api.request(path(operation)).header("Content-Type", type),
        BodyPublishers.ofString(body));
  }

  private static void isRefused(Operation operation, Answer answer, int status, String code) {
    assertThat(answer.status()).as(operation.id()).isEqualTo(status);
    assertThat(answer.json().path("code").asText()).as(operation.id()).isEqualTo(code);
  }

  @Test
  void the_routes_are_those_that_are_described() {
    assertThat(api.operations())
        .isEqualTo(
            DESCRIPTION.operations().stream()
                .map(one -> one.method().toUpperCase(Locale.ROOT) + " " + one.path())
                .collect(Collectors.toSet()));
  }

  @Test
  void each_describes_the_permission_that_its_route_asks_for() {
    Map<String, String> described = new TreeMap<>();
    Map<String, String> asked = new TreeMap<>();
    for (Operation operation : DESCRIPTION.operations()) {
      String route = operation.method().toUpperCase(Locale.ROOT) + " " + operation.path();
      described.put(route, operation.node().path("x-permission").asText("none"));
      asked.put(
          route,
          api.api.permissions().getOrDefault(route, Set.of()).stream()
              .filter(Permission.class::isInstance)
              .map(needed -> ((Permission) needed).text())
              .findFirst()
              .orElse("none"));
    }
    assertThat(described).isEqualTo(asked);
  }

  @Test
  void the_description_is_served_with_a_tag_and_its_version() {
    Answer file = api.get(FILE);
    assertThat(file.status()).isEqualTo(200);
    assertThat(file.header("Content-Type")).isEqualTo("application/yaml");
    assertThat(file.response().body()).startsWith("openapi: ").endsWith("\n");
    assertThat(file.header("Millrace-Api-Version"))
        .isEqualTo(DESCRIPTION.root().at("/info/version").asText());
    Answer again = api.send(api.request(FILE).header("If-None-Match", file.header("ETag")));
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.header("ETag")).isEqualTo(file.header("ETag"));
  }

  @Test
  void none_answers_without_the_key() {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (Operation operation : underApi()) {
      if (operation.node().has("security")) {
        continue; // the sign-in is open
      }
      HttpRequest.Builder bare =
          HttpRequest.newBuilder(
              URI.create("http://127.0.0.1:" + api.api.port() + path(operation)));
      all.add(
          CompletableFuture.runAsync(
              () ->
                  isRefused(
                      operation,
                      send(operation, bare, BodyPublishers.noBody()),
                      401,
                      "unauthorized")));
      if (all.size() == AT_ONCE) {
        all.forEach(CompletableFuture::join);
        all.clear();
      }
    }
    all.forEach(CompletableFuture::join);
  }

  @Test
  void none_takes_a_parameter_that_is_not_described() {
    for (Operation operation : underApi()) {
      Answer answer =
          send(
              operation,
              api.request(path(operation) + "?nothing_such=1")
                  .header("Content-Type", "application/json"),
              operation.node().has("requestBody")
                  ? BodyPublishers.ofString("{}")
                  : BodyPublishers.noBody());
      isRefused(operation, answer, 400, "invalid_parameter");
      assertThat(answer.json().path("field").asText()).isEqualTo("nothing_such");
    }
  }

  @Test
  void none_takes_its_method_from_a_header() {
    for (Operation operation : DESCRIPTION.operations()) {
      Answer answer =
          send(
              operation,
              api.request(path(operation)).header("X-HTTP-Method-Override", "DELETE"),
              BodyPublishers.noBody());
      isRefused(operation, answer, 400, "invalid_header");
    }
  }

  private static BodyPublisher example(Operation operation) {
    JsonNode example = operation.node().at("/requestBody/content/application~1json/example");
    return example.isMissingNode()
        ? BodyPublishers.noBody()
        : BodyPublishers.ofString(example.toString());
  }

  @Test
  void each_that_names_something_is_404_when_it_is_not_there() {
    for (Operation operation : underApi()) {
      if (operation.path().contains("{")) {
        String path =
            operation
                .path()
                .replace("{id}", "999999")
                .replace("{source}", "public.background_workers")
                .replaceAll("\\{[a-z]+}", "nothing");
        HttpRequest.Builder request = api.request(path).header("Content-Type", "application/json");
        isRefused(operation, send(operation, request, example(operation)), 404, "not_found");
      }
    }
  }

  @Test
  void each_that_has_a_tag_is_304_for_a_client_that_has_it() {
    List<Operation> tagged =
        underApi().stream()
            .filter(one -> one.node().path("parameters").toString().contains("/IfNoneMatch"))
            .toList();
    assertThat(tagged).hasSizeGreaterThan(2);
    for (Operation operation : tagged) {
      // the snapshot may be a newer one each second: any tag stands for its present one
      Answer answer = api.send(api.request(path(operation)).header("If-None-Match", "*"));
      assertThat(answer.status()).as(operation.id()).isEqualTo(304);
    }
  }

  @Test
  void each_that_takes_a_version_refuses_an_old_one() {
    List<Operation> versioned =
        underApi().stream()
            .filter(one -> one.node().path("parameters").toString().contains("/IfMatch"))
            .toList();
    assertThat(versioned).hasSizeGreaterThan(3);
    for (Operation operation : versioned) {
      HttpRequest.Builder request =
          api.request(path(operation))
              .header("Content-Type", "application/json")
              .header("If-Match", "\"0\"");
      isRefused(operation, send(operation, request, example(operation)), 412, "stale_version");
    }
  }

  @Test
  void none_takes_a_body_that_is_not_described() {
    statsJob = api.enqueue("stats.update");
    for (Operation operation : withBody()) {
      isRefused(operation, post(operation, "application/json", "{"), 400, "malformed_json");
      isRefused(operation, post(operation, "application/json", "[]"), 400, "malformed_json");
      isRefused(operation, post(operation, "text/plain", "{}"), 415, "unsupported_media_type");
      JsonNode schema =
          DESCRIPTION
              .root()
              .at(
                  operation
                      .node()
                      .at("/requestBody/content/application~1json/schema/$ref")
                      .asText()
                      .substring(1));
      if (!schema.path("additionalProperties").asBoolean()) {
        isRefused(
            operation,
            post(operation, "application/json", "{\"nothing_such\": 1}"),
            422,
            "invalid_body");
      }
    }
  }
}
