package dev.millrace.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.access.AccessGate;
import dev.millrace.api.contract.ApiDescription.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The rules that openapi.yaml keeps. */
class DescriptionTest {
  private static final ApiDescription API = ApiDescription.CURRENT;

  /** As the documents of the older systems spell them. */
  private static final Set<String> CAMEL_CASE = Set.of("triggeredBy", "requestId");

  private static void visit(JsonNode node, String at, BiConsumer<String, JsonNode> visitor) {
    visitor.accept(at, node);
    node.properties().forEach(one -> visit(one.getValue(), at + "/" + one.getKey(), visitor));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      visit(node.get(i), at + "/" + i, visitor);
    }
  }

  private static Set<String> names(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).collect(Collectors.toSet());
  }

  @Test
  void each_operation_is_named_once_and_belongs_to_a_tag() {
    Set<String> tags = new TreeSet<>();
    API.root().path("tags").forEach(tag -> tags.add(tag.path("name").asText()));
    Set<String> used = new TreeSet<>();
    Set<String> ids = new HashSet<>();
    for (Operation operation : API.operations()) {
      assertThat(operation.id()).as(operation.path()).matches("[a-z][A-Za-z]+");
      assertThat(ids.add(operation.id())).as(operation.id()).isTrue();
      assertThat(operation.node().path("summary").asText())
          .as(operation.id())
          .matches("[A-Z].{5,80}[^.]");
      assertThat(operation.node().path("tags")).as(operation.id()).hasSize(1);
      used.add(operation.node().at("/tags/0").asText());
    }
    assertThat(used).isEqualTo(tags);
  }

  @Test
  void each_operation_under_api_needs_the_key_and_no_other_does() {
    assertThat(API.root().path("security").toString())
        .isEqualTo("[{\"adminKey\":[]},{\"token\":[]},{\"session\":[]}]");
    for (Operation operation : API.operations()) {
      boolean open =
          operation.path().startsWith("/health/") || operation.path().equals("/api/admin/login");
      assertThat(operation.node().has("security")).as(operation.id()).isEqualTo(open);
      assertThat(operation.node().path("security")).as(operation.id()).isEmpty();
    }
  }

  @Test
  void each_operation_has_the_problems_that_any_request_can_meet() {
    for (Operation operation : API.operations()) {
      Set<String> statuses = names(operation.node().path("responses"));
      assertThat(statuses)
          .as(operation.id())
          .contains("400", "500")
          .anyMatch(one -> one.startsWith("2"));
      if (operation.path().startsWith("/api/")) {
        assertThat(statuses).as(operation.id()).contains("401", "403", "429", "503");
      }
      if (operation.node().has("requestBody")) {
        assertThat(statuses).as(operation.id()).contains("408", "413", "415", "422");
      }
      if (operation.path().contains("{")) {
        assertThat(statuses).as(operation.id()).contains("404");
      }
    }
  }

  @Test
  void each_parameter_of_a_path_is_described() {
    for (Operation operation : API.operations()) {
      Set<String> inPath =
          Pattern.compile("\\{([a-z]+)}")
              .matcher(operation.path())
              .results()
              .map(found -> found.group(1))
              .collect(Collectors.toSet());
      Set<String> described = new TreeSet<>();
      for (JsonNode parameter : API.parameters(operation)) {
        if (parameter.path("in").asText().equals("path")) {
          assertThat(parameter.path("required").asBoolean()).as(operation.id()).isTrue();
          described.add(parameter.path("name").asText());
        }
      }
      assertThat(described).as(operation.id()).isEqualTo(inPath);
    }
  }

  @Test
  void each_response_names_the_version_and_has_no_code_of_another_status() {
    visit(
        API.root(),
        "",
        (at, node) -> {
          if (at.matches(".*/responses/[0-9]{3}")) {
            JsonNode response = API.resolve(node);
            assertThat(names(response.path("headers"))).as(at).contains("Millrace-Api-Version");
            JsonNode schema = response.path("content").path(Contract.PROBLEM).path("schema");
            int status = Integer.parseInt(at.substring(at.length() - 3));
            List<JsonNode> problems = new ArrayList<>();
            if (schema.has("oneOf")) {
              schema.path("oneOf").forEach(problems::add);
            } else if (!schema.isMissingNode()) {
              problems.add(schema);
            }
            for (JsonNode problem : problems) {
              assertThat(API.resolve(problem).at("/properties/status/const").asInt())
                  .as(at + " " + problem)
                  .isEqualTo(status);
            }
          }
        });
  }

  @Test
  void each_reference_resolves_and_each_component_is_used() {
    Set<String> used = new TreeSet<>();
    visit(
        API.root(),
        "",
        (at, node) -> {
          if (node.has("$ref")) {
            String ref = node.path("$ref").asText();
            assertThat(ref).as(at).startsWith("#/components/");
            assertThat(API.root().at(ref.substring(1)).isMissingNode())
                .as(at + " " + ref)
                .isFalse();
            if (!at.startsWith(ref.substring(1) + "/")) {
              used.add(ref.substring("#/components/".length()));
            }
          }
        });
    Set<String> all = new TreeSet<>();
    for (String sort : List.of("parameters", "headers", "responses", "schemas")) {
      names(API.root().path("components").path(sort)).forEach(name -> all.add(sort + "/" + name));
    }
    assertThat(all).hasSizeGreaterThan(100);
    all.removeAll(used);
    assertThat(all).as("components that nothing refers to").isEmpty();
  }

  @Test
  void each_example_is_valid_by_its_schema() {
    List<String> found = new ArrayList<>();
    visit(
        API.root(),
        "",
        (at, node) -> {
          if (node.has("schema") && node.has("example")) {
            found.add(at);
            assertThat(Contract.faults(node.path("schema"), node.path("example"))).as(at).isEmpty();
          }
          if (node.path("examples").isArray()) {
            found.add(at);
            node.path("examples")
                .forEach(one -> assertThat(Contract.faults(node, one)).as(at).isEmpty());
          }
        });
    assertThat(found).hasSizeGreaterThan(40);
    for (Operation operation : API.operations()) {
      if (operation.node().has("requestBody")) {
        assertThat(operation.node().at("/requestBody/content/application~1json").has("example"))
            .as(operation.id())
            .isTrue();
      }
    }
  }

  @Test
  void names_are_snake_case_and_bodies_of_requests_are_closed() {
    visit(
        API.root().at("/components/schemas"),
        "",
        (at, node) -> {
          if (at.endsWith("/properties")) {
            Set<String> names = new TreeSet<>(names(node));
            names.removeAll(CAMEL_CASE);
            assertThat(names).as(at).allMatch(name -> name.matches("[a-z][a-z0-9]*(_[a-z0-9]+)*"));
          }
        });
    for (Operation operation : API.operations()) {
      JsonNode body =
          API.resolve(operation.node().at("/requestBody/content/application~1json/schema"));
      assertThat(body.isMissingNode() || body.has("additionalProperties"))
          .as(operation.id())
          .isTrue();
    }
  }

  @Test
  void the_page_on_the_api_names_each_path_and_no_other() throws IOException {
    String page =
        Files.readString(Path.of("../docs/http-api.md"))
            .replace("$W", "/api/admin/workers/inventory-mv-refresh")
            .replace("$JOB", "17");
    Set<String> paths =
        API.operations().stream()
            .map(Operation::path)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> unknown = new TreeSet<>();
    for (String named :
        Pattern.compile("(?<![a-z])/(?:api|health)/[A-Za-z0-9_./{}%-]*[A-Za-z0-9_}]")
            .matcher(page)
            .results()
            .map(MatchResult::group)
            .filter(named -> !named.equals(AccessGate.DOCS)) // a document for browsers
            .collect(Collectors.toSet())) {
      if (API.operations().stream().noneMatch(one -> one.has(named))) {
        unknown.add(named);
      }
      API.operations().stream()
          .filter(one -> one.has(named))
          .map(Operation::path)
          .sorted((one, other) -> Integer.compare(parameters(one), parameters(other)))
          .findFirst()
          .ifPresent(paths::remove);
    }
    assertThat(unknown).as("paths of the page that do not exist").isEmpty();
    assertThat(paths).as("paths that the page does not name").isEmpty();
  }

  private static int parameters(String path) {
    return (int) path.chars().filter(unit -> unit == 0x7B).count();
  }
}
