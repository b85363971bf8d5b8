package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.api.contract.ApiDescription;
import dev.millrace.api.contract.ApiDescription.Operation;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Each rule of a request in {@code openapi.yaml} is one of the server's: a value that breaks it is
 * refused, and the answer names its field. Made from the description, so that a rule which is added
 * there is tried here.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConstraintsTest {
  private static final ApiDescription DESCRIPTION = ApiDescription.current();
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Parameters without which others are not looked at. */
  private static final Map<String, String> BESIDE =
      Map.of("previewSchedule", "interval_seconds=60&");

  private final ApiFixture api = new ApiFixture();
  private final List<String> taken = new ArrayList<>();
  private int tried;

  @AfterAll
  void close() {
    api.close();
  }

  /** What a schema says, without its references and without null. */
  private static JsonNode plain(JsonNode schema) {
    JsonNode resolved = DESCRIPTION.resolve(schema);
    for (String several : List.of("anyOf", "oneOf")) {
      List<JsonNode> others =
          resolved
              .path(several)
              .valueStream()
              .map(ConstraintsTest::plain)
              .filter(one -> !one.path("type").asText().equals("null"))
              .toList();
      if (others.size() == 1) {
        return others.get(0);
      }
    }
    return resolved;
  }

  private static boolean is(JsonNode schema, String type) {
    JsonNode types = schema.path("type");
    return types.asText().equals(type)
        || types.valueStream().anyMatch(one -> one.asText().equals(type));
  }

  /** Values that break one rule of a schema each, by what they break. */
  private static Map<String, JsonNode> breaking(JsonNode schema) {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    if (is(schema, "integer") || is(schema, "number")) {
      values.put("type", JSON.textNode("x"));
      if (schema.has("minimum")) {
        values.put("minimum", JSON.numberNode(schema.path("minimum").asLong() - 1));
      }
      if (schema.has("maximum")) {
        values.put("maximum", JSON.numberNode(schema.path("maximum").asLong() + 1));
      }
    } else if (is(schema, "string")) {
      values.put("type", JSON.numberNode(7));
      if (schema.path("minLength").asInt() > 0) {
        values.put("minLength", JSON.textNode(""));
      }
      if (schema.has("maxLength")) {
        values.put("maxLength", JSON.textNode("a".repeat(schema.path("maxLength").asInt() + 1)));
      }
      if (schema.has("enum")) {
        values.put("enum", JSON.textNode("nothing_such"));
      }
      if (schema.has("pattern")) {
        values.put("pattern", JSON.textNode(mismatch(schema.path("pattern").asText())));
      }
      if (schema.path("format").asText().equals("date-time")) {
        values.put("format", JSON.textNode("yesterday"));
      }
    } else if (is(schema, "boolean")) {
      values.put("type", JSON.textNode("x"));
    } else if (is(schema, "array") || is(schema, "object")) {
      values.put("type", JSON.numberNode(7));
    }
    return values;
  }

  private static String mismatch(String pattern) {
    return Stream.of("\u00e9 !", "=", "..")
        .filter(text -> !Pattern.compile(pattern).matcher(text).find())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no text is known that breaks " + pattern));
  }

  private static String path(Operation operation) {
    return operation
        .path()
        .replace("{key}", "master_sync")
        .replace("{group}", "stats")
        .replace("{flag}", "USE_BG_JOBS_CRON")
        .replaceAll("\\{[a-z]+}", "nothing");
  }

  private Answer send(Operation operation, String query, HttpRequest.BodyPublisher body) {
    return api.send(
        api.request(path(operation) + query)
            .header("Content-Type", "application/json")
            .method(operation.method().toUpperCase(Locale.ROOT), body));
  }

  /** What a path names is looked for first in some operations: those say so and are not judged. */
  private static boolean isOfPath(Operation operation, Answer answer) {
    return path(operation).contains("nothing")
        && answer.json().path("detail").asText().contains("nothing");
  }

  private void refuses(Operation operation, String rule, String field, Answer answer) {
    if (isOfPath(operation, answer)) {
      return;
    }
    tried++;
    boolean named =
        answer.json().path("field").asText().equals(field)
            || answer
                .json()
                .path("errors")
                .valueStream()
                .anyMatch(error -> error.path("pointer").asText().startsWith("/" + field));
    if ((answer.status() != 422 && answer.status() != 400) || !named) {
      taken.add(operation.id() + " " + rule + " of " + field + ": " + answer.response().body());
    }
  }

  @Test
  void a_field_that_breaks_a_rule_of_its_schema_is_refused_by_name() {
    taken.clear();
    for (Operation operation : DESCRIPTION.operations()) {
      JsonNode content = operation.node().at("/requestBody/content/application~1json");
      if (content.isMissingNode()) {
        continue;
      }
      JsonNode schema = DESCRIPTION.resolve(content.path("schema"));
      for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
        breaking(plain(property.getValue()))
            .forEach(
                (rule, value) -> {
                  ObjectNode body = content.path("example").deepCopy();
                  body.set(property.getKey(), value);
                  refuses(
                      operation,
                      rule,
                      property.getKey(),
                      send(operation, "", BodyPublishers.ofString(body.toString())));
                });
      }
      schema
          .path("required")
          .forEach(
              name -> {
                ObjectNode body = content.path("example").deepCopy();
                body.remove(name.asText());
                refuses(
                    operation,
                    "required",
                    name.asText(),
                    send(operation, "", BodyPublishers.ofString(body.toString())));
              });
    }
    assertThat(taken).isEmpty();
    assertThat(tried).isGreaterThan(150);
  }

  @Test
  void a_query_that_breaks_a_rule_of_its_schema_is_refused_by_name() {
    taken.clear();
    int before = tried;
    for (Operation operation : DESCRIPTION.operations()) {
      for (JsonNode one : operation.node().path("parameters")) {
        JsonNode parameter = DESCRIPTION.resolve(one);
        if (parameter.path("in").asText().equals("query")) {
          String name = parameter.path("name").asText();
          JsonNode schema = plain(parameter.path("schema"));
          breaking(schema)
              .forEach(
                  (rule, value) -> {
                    // each is a text, and an empty one counts as none
                    boolean judged =
                        !rule.equals("minLength")
                            && (!rule.equals("type") || !is(schema, "string"));
                    if (judged) {
                      String text = URLEncoder.encode(value.asText(), StandardCharsets.UTF_8);
                      refuses(
                          operation,
                          rule,
                          name,
                          send(
                              operation,
                              "?" + BESIDE.getOrDefault(operation.id(), "") + name + "=" + text,
                              BodyPublishers.noBody()));
                    }
                  });
        }
      }
    }
    assertThat(taken).isEmpty();
    assertThat(tried - before).isGreaterThan(40);
  }
}
