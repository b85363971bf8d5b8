package dev.millrace.api.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.JsonBody;
import dev.millrace.job.read.KnownKind;
import dev.millrace.job.read.KnownKind.Field;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Whether a payload has the fields of its kind's record; the SQL function does the same. */
final class PayloadFields {
  /** The checks that the name of a Java type allows; other types are the handler's to check. */
  private static final Map<String, Predicate<JsonNode>> TYPES =
      Map.ofEntries(
          Map.entry("String", JsonNode::isTextual),
          Map.entry("boolean", JsonNode::isBoolean),
          Map.entry("Boolean", JsonNode::isBoolean),
          Map.entry("int", PayloadFields::isInt),
          Map.entry("Integer", PayloadFields::isInt),
          Map.entry("long", PayloadFields::isLong),
          Map.entry("Long", PayloadFields::isLong),
          Map.entry("double", PayloadFields::isDouble),
          Map.entry("Double", PayloadFields::isDouble),
          Map.entry("List", JsonNode::isArray),
          Map.entry("Map", JsonNode::isObject));

  private static boolean isInt(JsonNode value) {
    return value.canConvertToInt() && value.canConvertToExactIntegral();
  }

  private static boolean isLong(JsonNode value) {
    return value.canConvertToLong() && value.canConvertToExactIntegral();
  }

  /** A number beyond all doubles would be infinite to the handler. */
  private static boolean isDouble(JsonNode value) {
    return value.isNumber() && Double.isFinite(value.doubleValue());
  }

  private PayloadFields() {}

  static void check(JsonBody body, ObjectNode payload, KnownKind kind) {
    Map<String, Field> known =
        kind.fields().stream().collect(Collectors.toMap(Field::name, Function.identity()));
    payload
        .properties()
        .forEach(
            entry -> {
              Field field = known.get(entry.getKey());
              if (field == null) {
                body.refuse(
                    "payload",
                    entry.getKey(),
                    kind.name()
                        + " has no field '"
                        + Problems.cut(entry.getKey())
                        + "'; known: "
                        + String.join(", ", kind.fields().stream().map(Field::name).toList()));
              } else if (!fits(field, entry.getValue())) {
                body.refuse(
                    "payload",
                    entry.getKey(),
                    entry.getKey()
                        + " must be of type "
                        + field.type()
                        + ", was "
                        + Problems.cut(entry.getValue().toString()));
              }
            });
  }

  private static boolean fits(Field field, JsonNode value) {
    return value.isNull() || TYPES.getOrDefault(field.type(), any -> true).test(value);
  }
}
