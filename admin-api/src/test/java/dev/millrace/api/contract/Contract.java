package dev.millrace.api.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.millrace.api.contract.ApiDescription.Operation;
import dev.millrace.json.Json;
import dev.millrace.json.JsonException;
import dev.millrace.text.CodePoints;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks each answer that a test gets against {@code openapi.yaml}: its status, its headers, its
 * body and its problem code. What the description does not list is a fault. A request that was
 * answered with 2xx must be one that the description allows. Thread-safe.
 */
public final class Contract {
  static final String PROBLEM = "application/problem+json";
  private static final String JSON = "application/json";
  private static final int LONGEST_SHOWN = 2_000;

  /** Of HTTP itself, not of the API. */
  private static final Set<String> TRANSPORT =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "date",
          "transfer-encoding");

  private static final ApiDescription DESCRIPTION = ApiDescription.CURRENT;
  private static final Schemas SCHEMAS = new Schemas(DESCRIPTION.root());

  /** Codes of the HTTP layer, which knows no operations. */
  private static final Set<String> BEFORE_ANY_ROUTE = DESCRIPTION.codesOfNoOperation();

  private final Exchange exchange;
  private final Optional<Operation> operation;
  private final List<String> faults = new ArrayList<>();

  private Contract(Exchange exchange) {
    this.exchange = exchange;
    this.operation =
        DESCRIPTION
            .find(exchange.method(), exchange.path())
            .filter(one -> !BEFORE_ANY_ROUTE.contains(code(exchange)));
  }

  /** Fails when an answer is not as described. */
  public static void check(HttpRequest request, HttpResponse<String> response) {
    check(Exchange.of(request, response));
  }

  /**
   * As {@link #check(HttpRequest, HttpResponse)}, for what a test has written and read itself.
   *
   * @param request its first line at least
   * @param answer one whole answer
   */
  public static void checkRaw(String request, String answer) {
    check(Exchange.of(request, answer));
  }

  static void check(Exchange exchange) {
    Contract contract = new Contract(exchange);
    contract.checkAnswer();
    if (exchange.status() >= 200 && exchange.status() < 300) {
      contract.checkRequest();
    }
    contract.report();
  }

  /** The faults of a value by a schema of the description. */
  static List<String> faults(JsonNode schema, JsonNode value) {
    return SCHEMAS.faults(schema, value);
  }

  private static String code(Exchange exchange) {
    boolean isProblem =
        exchange.headers().firstValue("Content-Type").filter(PROBLEM::equals).isPresent();
    return isProblem && exchange.body().startsWith("{")
        ? Json.tree(exchange.body()).path("code").asText()
        : "";
  }

  private void report() {
    if (!faults.isEmpty()) {
      throw new AssertionError(
          exchange.method()
              + " "
              + exchange.path()
              + " ("
              + operation.map(Operation::id).orElse("no operation of openapi.yaml")
              + ") was answered with "
              + exchange.status()
              + ", not as openapi.yaml describes it; change the one or the other:\n  "
              + String.join("\n  ", faults)
              + "\nheaders: "
              + exchange.headers().map()
              + "\nbody: "
              + CodePoints.first(exchange.body(), LONGEST_SHOWN));
    }
  }

  private void checkAnswer() {
    JsonNode response = DESCRIPTION.response(operation, exchange.status());
    if (response.isMissingNode()) {
      faults.add("the status " + exchange.status() + " is not listed");
      return;
    }
    checkHeaders(response);
    JsonNode content = response.path("content");
    if (content.isMissingNode() || exchange.method().equals("HEAD")) {
      if (!exchange.body().isEmpty()) {
        faults.add("a body is not listed");
      }
    } else {
      checkBody(content);
    }
    if (faults.isEmpty()) {
      Coverage.saw(operation, exchange.status());
    }
  }

  private void checkBody(JsonNode content) {
    String type = exchange.headers().firstValue("Content-Type").orElse("none");
    JsonNode schema = content.path(type).path("schema");
    if (schema.isMissingNode()) {
      faults.add("the Content-Type " + type + " is not listed");
    } else if (type.equals(PROBLEM)) {
      checkProblem(schema);
    } else {
      JsonNode value =
          type.equals(JSON) ? json(exchange.body()) : TextNode.valueOf(exchange.body());
      faults.addAll(SCHEMAS.faults(schema, value));
    }
  }

  private void checkProblem(JsonNode schema) {
    JsonNode problem = json(exchange.body());
    String code = problem.path("code").asText();
    Optional<JsonNode> own =
        schema.has("oneOf")
            ? schema
                .path("oneOf")
                .valueStream()
                .filter(one -> ApiDescription.code(DESCRIPTION.resolve(one)).equals(code))
                .findFirst()
            : Optional.of(schema);
    if (own.isEmpty()) {
      faults.add("the problem code " + code + " is not listed");
      return;
    }
    List<String> wrong = SCHEMAS.faults(own.get(), problem);
    faults.addAll(wrong);
    if (wrong.isEmpty()) {
      Coverage.saw(operation, code);
    }
  }

  private JsonNode json(String text) {
    try {
      return Json.tree(text);
    } catch (JsonException e) {
      faults.add("the body is not JSON: " + e.getMessage());
      return Json.mapper().nullNode();
    }
  }

  private void checkHeaders(JsonNode response) {
    Set<String> known = new HashSet<>(TRANSPORT);
    for (Map.Entry<String, JsonNode> header : response.path("headers").properties()) {
      JsonNode described = DESCRIPTION.resolve(header.getValue());
      known.add(header.getKey().toLowerCase(Locale.ROOT));
      checkHeader(
          header.getKey(), described.path("required").asBoolean(), described.path("schema"));
    }
    for (Map.Entry<String, JsonNode> header :
        DESCRIPTION.root().path("x-headers-of-every-answer").properties()) {
      known.add(header.getKey().toLowerCase(Locale.ROOT));
      checkHeader(header.getKey(), true, header.getValue());
    }
    for (String group : List.of("x-headers-of-commands", "x-headers-for-other-origins")) {
      for (Map.Entry<String, JsonNode> header : DESCRIPTION.root().path(group).properties()) {
        known.add(header.getKey().toLowerCase(Locale.ROOT));
        checkHeader(header.getKey(), false, header.getValue());
      }
    }
    for (String name : exchange.headers().map().keySet()) {
      if (!known.contains(name.toLowerCase(Locale.ROOT))) {
        faults.add("the header " + name + " is not listed");
      }
    }
  }

  private void checkHeader(String name, boolean required, JsonNode schema) {
    Optional<String> value = exchange.headers().firstValue(name);
    if (value.isEmpty() && required) {
      faults.add("the header " + name + " is missing");
    }
    value.ifPresent(text -> checkText("the header " + name, schema, text));
  }

  /** A value of a header, a path or a query; numbers are written as they are in JSON. */
  private void checkText(String what, JsonNode schema, String text) {
    boolean isNumber = DESCRIPTION.resolve(schema).path("type").asText().equals("integer");
    JsonNode value =
        isNumber && text.matches("\\d{1,18}")
            ? Json.tree(text.replaceAll("^0+(?=.)", ""))
            : TextNode.valueOf(text);
    SCHEMAS
        .faults(schema, value)
        .forEach(fault -> faults.add(what + " was '" + text + "'" + fault));
  }

  private void checkRequest() {
    if (operation.isEmpty()) {
      return;
    }
    List<String> known = new ArrayList<>();
    for (JsonNode parameter : DESCRIPTION.parameters(operation.get())) {
      String name = parameter.path("name").asText();
      JsonNode schema = parameter.path("schema");
      switch (parameter.path("in").asText()) {
        case "path" ->
            checkText(
                "the path's " + name,
                schema,
                decoded(operation.get().parameter(exchange.path(), name).replace("+", "%2B")));
        case "header" ->
            exchange
                .requestHeaders()
                .firstValue(name)
                .ifPresent(text -> checkText("the request's " + name, schema, text));
        default -> {
          known.add(name);
          query(name).ifPresent(text -> checkText("the query's " + name, schema, text));
        }
      }
    }
    if (exchange.path().startsWith("/api/")) {
      for (String pair : exchange.query().split("&", -1)) {
        String name = decoded(pair.split("=", 2)[0]);
        if (!name.isEmpty() && !known.contains(name)) {
          faults.add("the query's " + name + " is not listed");
        }
      }
    }
    JsonNode body = operation.get().node().at("/requestBody/content/application~1json/schema");
    if (!body.isMissingNode() && !exchange.sent().isEmpty()) {
      SCHEMAS
          .faults(body, json(exchange.sent()))
          .forEach(fault -> faults.add("it takes a body that is not listed: " + fault));
    }
  }

  /** A value of the query; an empty one counts as not sent. */
  private Optional<String> query(String name) {
    for (String pair : exchange.query().split("&", -1)) {
      String[] parts = pair.split("=", 2);
      if (decoded(parts[0]).equals(name) && parts.length > 1 && !parts[1].isEmpty()) {
        return Optional.of(decoded(parts[1]));
      }
    }
    return Optional.empty();
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
