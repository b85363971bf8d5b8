package dev.millrace.api.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.api.description.DescriptionRoute;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The description of the API as a tree, and its operations. Thread-safe. */
public final class ApiDescription {
  static final ApiDescription CURRENT = new ApiDescription();

  private static final String OUTSIDE = "/x-answers-of-no-operation/responses";

  private final JsonNode root;
  private final List<Operation> operations;

  private ApiDescription() {
    try (InputStream file = DescriptionRoute.class.getResourceAsStream("openapi.yaml")) {
      this.root = new YAMLMapper().readTree(Objects.requireNonNull(file, "openapi.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException("openapi.yaml cannot be read", e);
    }
    List<Operation> found = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : root.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        found.add(Operation.of(method.getKey(), path.getKey(), method.getValue()));
      }
    }
    this.operations = List.copyOf(found);
  }

  /** The description that the product serves. */
  public static ApiDescription current() {
    return CURRENT;
  }

  /**
   * What a method does at a path.
   *
   * @param method in lower case
   * @param path with its parameters in braces
   * @param pattern which paths are its own
   */
  public record Operation(String method, String path, Pattern pattern, JsonNode node) {
    static Operation of(String method, String path, JsonNode node) {
      String pattern = Pattern.quote(path).replaceAll("\\{([a-z]+)}", "\\\\E(?<$1>[^/]+)\\\\Q");
      return new Operation(method, path, Pattern.compile(pattern), node);
    }

    /** Its {@code operationId}. */
    public String id() {
      return node.path("operationId").asText();
    }

    /** Whether a path is one of its own. */
    public boolean has(String sent) {
      return pattern.matcher(sent).matches();
    }

    /** The value of a parameter in a path, as it was sent. */
    String parameter(String sent, String name) {
      Matcher matcher = pattern.matcher(sent);
      return matcher.matches() ? matcher.group(name) : "";
    }
  }

  public JsonNode root() {
    return root;
  }

  public List<Operation> operations() {
    return operations;
  }

  /** The operation of a request; empty: its path or its method does not exist. */
  Optional<Operation> find(String method, String path) {
    String asked = method.equals("HEAD") ? "get" : method.toLowerCase(Locale.ROOT);
    List<Operation> found =
        operations.stream().filter(one -> one.method().equals(asked) && one.has(path)).toList();
    return found.stream()
        .filter(one -> one.path().equals(path))
        .findFirst()
        .or(() -> found.stream().findFirst());
  }

  /** The response of a status; missing: it is not described. */
  JsonNode response(Optional<Operation> operation, int status) {
    JsonNode all =
        operation.map(one -> one.node().path("responses")).orElseGet(() -> root.at(OUTSIDE));
    return resolve(all.path(Integer.toString(status)));
  }

  /** The parameters of an operation. */
  List<JsonNode> parameters(Operation operation) {
    List<JsonNode> parameters = new ArrayList<>();
    operation.node().path("parameters").forEach(one -> parameters.add(resolve(one)));
    return parameters;
  }

  /** The problem codes that a response may have. */
  List<String> codes(JsonNode response) {
    JsonNode schema = response.path("content").path(Contract.PROBLEM).path("schema");
    if (schema.has("oneOf")) {
      return schema.path("oneOf").valueStream().map(one -> code(resolve(one))).toList();
    }
    return schema.isMissingNode() ? List.of() : List.of(code(resolve(schema)));
  }

  /** The code of a problem's schema. */
  static String code(JsonNode problem) {
    return problem.at("/properties/code/const").asText();
  }

  /** The problem codes of an operation. */
  Set<String> codes(Operation operation) {
    Set<String> codes = new TreeSet<>();
    operation.node().path("responses").forEach(one -> codes.addAll(codes(resolve(one))));
    return codes;
  }

  /** The problem codes that no operation has. */
  Set<String> codesOfNoOperation() {
    Set<String> codes = new TreeSet<>();
    root.at(OUTSIDE).forEach(one -> codes.addAll(codes(resolve(one))));
    operations.forEach(one -> codes.removeAll(codes(one)));
    return codes;
  }

  /** What a node stands for when it is a reference, and itself otherwise. */
  public JsonNode resolve(JsonNode node) {
    return node.has("$ref") ? resolve(root.at(node.path("$ref").asText().substring(1))) : node;
  }
}
