package dev.millrace.api.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.millrace.json.Json;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The schemas of the description, read strictly: a property that a schema does not list is a fault,
 * though the description lets clients ignore it. Thread-safe.
 */
final class Schemas {
  private static final String DOCUMENT = "https://millrace.dev/openapi";
  private static final Set<String> WITH_PROPERTIES =
      Set.of("$ref", "properties", "allOf", "anyOf", "oneOf");

  private final SchemaRegistry registry;
  private final IdentityHashMap<JsonNode, Schema> compiled = new IdentityHashMap<>();

  Schemas(JsonNode root) {
    ObjectNode document = Json.mapper().createObjectNode();
    ObjectNode schemas = document.putObject("$defs");
    root.at("/components/schemas")
        .properties()
        .forEach(one -> schemas.set(one.getKey(), closed(one.getValue(), false)));
    this.registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder ->
                builder
                    .schemas(Map.of(DOCUMENT, document.toString()))
                    .schemaRegistryConfig(
                        SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
  }

  /** What is wrong with a value, one sentence each. */
  List<String> faults(JsonNode schema, JsonNode value) {
    return compiled(schema).validate(value).stream()
        .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
        .toList();
  }

  private synchronized Schema compiled(JsonNode schema) {
    return compiled.computeIfAbsent(
        schema,
        one ->
            registry.getSchema(
                SchemaLocation.of(DOCUMENT + "/" + compiled.size()), closed(one, true)));
  }

  /**
   * A copy that allows no property beyond those listed.
   *
   * @param whole false: it is one part of a schema, or is referred to by one
   */
  private static JsonNode closed(JsonNode schema, boolean whole) {
    if (!(schema instanceof ObjectNode open)) {
      return schema;
    }
    ObjectNode copy = Json.mapper().createObjectNode();
    for (Map.Entry<String, JsonNode> entry : open.properties()) {
      JsonNode value = entry.getValue();
      switch (entry.getKey()) {
        case "$ref" ->
            copy.put(
                "$ref", value.asText().replace("#/components/schemas/", DOCUMENT + "#/$defs/"));
        case "properties" -> {
          ObjectNode properties = copy.putObject("properties");
          value
              .properties()
              .forEach(one -> properties.set(one.getKey(), closed(one.getValue(), true)));
        }
        case "items", "additionalProperties", "propertyNames" ->
            copy.set(entry.getKey(), closed(value, true));
        case "allOf", "anyOf", "oneOf" -> {
          ArrayNode parts = copy.putArray(entry.getKey());
          value.forEach(one -> parts.add(closed(one, false)));
        }
        default -> copy.set(entry.getKey(), value);
      }
    }
    boolean hasProperties = WITH_PROPERTIES.stream().anyMatch(open::has);
    if (whole && hasProperties && !open.has("additionalProperties")) {
      copy.put("unevaluatedProperties", false);
    }
    return copy;
  }
}
