package dev.millrace.api.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.Problem.FieldError;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.json.Json;
import dev.millrace.json.JsonException;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * A JSON object that a client sent. Fields are asked for one by one; everything that is wrong with
 * them is told at once by {@link #check}. A field that is {@code null} counts as not sent. For one
 * request and one thread.
 */
public final class JsonBody {
  private final ObjectNode fields;
  private final List<FieldError> errors = new ArrayList<>();

  private JsonBody(ObjectNode fields) {
    this.fields = fields;
  }

  /**
   * Reads the body of a request.
   *
   * @param mostBytes a longer body is refused before it is read to its end
   * @param known the names of fields there are; any other is an error
   * @throws ProblemException when it is too large, not declared as JSON, or not a JSON object
   */
  public static JsonBody read(Context ctx, int mostBytes, Set<String> known) {
    String text = text(ctx, mostBytes);
    String type = ctx.contentType() == null ? "" : ctx.contentType().toLowerCase(Locale.ROOT);
    if (!type.matches("application/([a-z0-9.-]+\\+)?json\\s*(;.*)?")) {
      throw new ProblemException(
          Problem.of(
              415,
              "unsupported_media_type",
              "Unsupported Media Type",
              "the body must be declared as Content-Type: application/json"));
    }
    JsonBody body = new JsonBody(parsed(text));
    body.fields
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                body.refuse(
                    name,
                    "unknown field '"
                        + Problems.cut(name)
                        + "'; known: "
                        + String.join(", ", new TreeSet<>(known)));
              }
            });
    return body;
  }

  private static String text(Context ctx, int mostBytes) {
    if (ctx.contentLength() > mostBytes) {
      throw Problems.tooLarge(mostBytes);
    }
    try (InputStream in = ctx.bodyInputStream()) {
      byte[] bytes = in.readNBytes(mostBytes + 1);
      if (bytes.length > mostBytes) {
        throw Problems.tooLarge(mostBytes);
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the body could not be read to its end", e);
    }
  }

  private static ObjectNode parsed(String text) {
    try {
      if (Json.tree(text) instanceof ObjectNode object) {
        return object;
      }
      throw malformed("the body must be a JSON object");
    } catch (JsonException e) {
      throw malformed("the body is not JSON");
    }
  }

  private static ProblemException malformed(String detail) {
    return new ProblemException(Problem.of(400, "malformed_json", "Bad Request", detail));
  }

  public Optional<Boolean> bool(String name) {
    return sent(name)
        .filter(value -> value.isBoolean() || wrong(name, "true or false", value))
        .map(JsonNode::booleanValue);
  }

  /**
   * A whole number.
   *
   * @param expected what it must be, as told to the client
   */
  public OptionalInt integer(String name, int min, int max, String expected) {
    return sent(name)
        .filter(value -> isBetween(value, min, max) || wrong(name, expected, value))
        .map(value -> OptionalInt.of(value.intValue()))
        .orElse(OptionalInt.empty());
  }

  private static boolean isBetween(JsonNode value, int min, int max) {
    return value.isIntegralNumber()
        && value.canConvertToInt()
        && value.intValue() >= min
        && value.intValue() <= max;
  }

  /**
   * A number, with or without a fraction.
   *
   * @param expected what it must be, as told to the client
   */
  public OptionalDouble number(String name, double min, double max, String expected) {
    return sent(name)
        .filter(
            value ->
                (value.isNumber() && value.doubleValue() >= min && value.doubleValue() <= max)
                    || wrong(name, expected, value))
        .map(value -> OptionalDouble.of(value.doubleValue()))
        .orElse(OptionalDouble.empty());
  }

  /** A list of texts of 1 to {@code most} characters each. */
  public Optional<List<String>> texts(String name, int most) {
    return sent(name)
        .filter(
            value ->
                (value.isArray() && allShort(value, most))
                    || wrong(name, "a list of texts of 1 to " + most + " characters", value))
        .map(
            value -> {
              List<String> texts = new ArrayList<>();
              value.forEach(text -> texts.add(text.textValue()));
              return texts;
            });
  }

  private static boolean allShort(JsonNode list, int most) {
    for (JsonNode value : list) {
      if (!isShort(value, most)) {
        return false;
      }
    }
    return true;
  }

  /** Text of 0 to {@code most} characters. */
  public Optional<String> textOrEmpty(String name, int most) {
    return sent(name)
        .filter(
            value ->
                (value.isTextual() && value.textValue().length() <= most)
                    || wrong(name, "text of at most " + most + " characters", value))
        .map(JsonNode::textValue);
  }

  /** Text of 1 to {@code most} characters. */
  public Optional<String> text(String name, int most) {
    return sent(name)
        .filter(
            value ->
                isShort(value, most) || wrong(name, "text of 1 to " + most + " characters", value))
        .map(JsonNode::textValue);
  }

  private static boolean isShort(JsonNode value, int most) {
    return value.isTextual() && !value.textValue().isEmpty() && value.textValue().length() <= most;
  }

  /** One of some words. */
  public Optional<String> oneOf(String name, List<String> allowed) {
    String expected = "one of " + String.join(", ", allowed);
    return sent(name)
        .filter(
            value ->
                (value.isTextual() && allowed.contains(value.textValue()))
                    || wrong(name, expected, value))
        .map(JsonNode::textValue);
  }

  public Optional<ObjectNode> object(String name) {
    return sent(name)
        .filter(value -> value.isObject() || wrong(name, "a JSON object", value))
        .map(ObjectNode.class::cast);
  }

  private Optional<JsonNode> sent(String name) {
    return Optional.ofNullable(fields.get(name)).filter(value -> !value.isNull());
  }

  private boolean wrong(String name, String expected, JsonNode value) {
    refuse(name, name + " must be " + expected + ", was " + Problems.cut(value.toString()));
    return false;
  }

  /**
   * Notes that something is wrong.
   *
   * @param name of the field
   */
  public void refuse(String name, String detail) {
    errors.add(new FieldError(pointer(name), detail));
  }

  /** As {@link #refuse}, for a field inside an object. */
  public void refuse(String outer, String inner, String detail) {
    errors.add(new FieldError(pointer(outer) + pointer(inner), detail));
  }

  private static String pointer(String name) {
    return "/" + name.replace("~", "~0").replace("/", "~1");
  }

  /** Ends the request when anything was wrong. */
  public void check() {
    if (!errors.isEmpty()) {
      throw Problems.invalid(errors);
    }
  }
}
