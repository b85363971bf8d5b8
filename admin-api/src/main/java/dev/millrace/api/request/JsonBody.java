package dev.millrace.api.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.api.problem.ClientFaults;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.Problem.FieldError;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.json.Json;
import dev.millrace.text.CodePoints;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that a client sent. Fields are asked for one by one; everything that is wrong with
 * them is reported at once by {@link #check}. A field that is {@code null} counts as absent. For
 * one request and one thread.
 */
public final class JsonBody {
  /** How many faults of a body are named; a large body could have half a million. */
  static final int MOST_ERRORS = 100;

  /** Fields whose values no answer repeats. */
  private static final Set<String> SECRETS = Set.of("password", "link");

  private static final int MOST_SKIPPED = 16 * 1024;

  private final ObjectNode fields;
  private final String path;
  private final List<FieldError> errors;

  private JsonBody(ObjectNode fields, String path, List<FieldError> errors) {
    this.fields = fields;
    this.path = path;
    this.errors = errors;
  }

  /**
   * Reads the body of a request.
   *
   * @param mostBytes a longer body is refused before it is read to its end
   * @param known the names of fields there are; any other is an error
   * @throws ProblemException when it is too large, not declared as JSON, or not a JSON object
   */
  public static JsonBody read(Context ctx, int mostBytes, Set<String> known) {
    return open(ctx, mostBytes, null).knowing(known);
  }

  /**
   * As {@link #read(Context, int, Set)}, with any other fields allowed: {@link #others} has them.
   */
  public static JsonBody readOpen(Context ctx, int mostBytes) {
    return open(ctx, mostBytes, null);
  }

  /**
   * As {@link #read(Context, int, Set)}, with a list that is bounded before a tree is made of it.
   *
   * @param list the field that is a list
   * @param most how many elements it may have
   * @param mostLength of an element, in characters
   */
  public static JsonBody readList(
      Context ctx, int mostBytes, String list, int most, int mostLength, Set<String> known) {
    return open(ctx, mostBytes, new BodyReader.Bounds(list, most, mostLength)).knowing(known);
  }

  private static JsonBody open(Context ctx, int mostBytes, BodyReader.@Nullable Bounds bounds) {
    checkType(Optional.ofNullable(ctx.header("Content-Type")).orElse(""));
    BodyReader reader = BodyReader.of(ctx, mostBytes);
    JsonBody body = new JsonBody(reader.object(bounds), "", new ArrayList<>());
    PostgresTextCheck.check(body.fields, body.errors);
    body.check();
    return body;
  }

  /** Asked of the header itself: Jetty fails at a charset that it does not know. */
  private static void checkType(String header) {
    String type = header.toLowerCase(Locale.ROOT);
    if (!type.matches("application/([a-z0-9.-]+\\+)?json\\s*(;.*)?")) {
      throw new ProblemException(
          Problem.of(
              415,
              "unsupported_media_type",
              "Unsupported Media Type",
              "the body must be declared as Content-Type: application/json"));
    }
    if (type.contains("charset") && !type.matches(".*;\\s*charset=\"?utf-?8\"?\\s*(;.*)?")) {
      throw new ProblemException(ClientFaults.charset());
    }
  }

  /**
   * Reads and discards a body that its route does not use, so that the next request can be read.
   */
  public static void skip(Context ctx) {
    if (ctx.contentLength() > 0 || ctx.header("Transfer-Encoding") != null) {
      BodyReader.of(ctx, MOST_SKIPPED);
    }
  }

  private JsonBody knowing(Set<String> known) {
    fields
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                refuse(
                    name,
                    "unknown field '"
                        + Problems.cut(name)
                        + "'; known: "
                        + String.join(", ", new TreeSet<>(known)));
              }
            });
    return this;
  }

  /** The fields with other names than these, as they were sent. */
  public ObjectNode others(Set<String> names) {
    return fields.deepCopy().without(names);
  }

  /** An object inside this one; its errors are reported with the others. */
  public Optional<JsonBody> inner(String name, Set<String> known) {
    return object(name)
        .map(object -> new JsonBody(object, path + pointer(name), errors).knowing(known));
  }

  /** A list of 1 to {@code most} objects; their errors are reported with the others. */
  public List<JsonBody> innerList(String name, int most, Set<String> known) {
    JsonNode list = fields.path(name);
    if (!list.isArray() || list.isEmpty() || list.size() > most) {
      refuse(
          name,
          name
              + " must be a list of 1 to "
              + most
              + " objects, was "
              + (list.isArray()
                  ? "one of " + list.size()
                  : list.isMissingNode() ? "not given" : Problems.cut(list.toString())));
      return List.of();
    }
    List<JsonBody> bodies = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i) instanceof ObjectNode object) {
        String at = path + pointer(name) + "/" + i;
        bodies.add(new JsonBody(object, at, errors).knowing(known));
      } else {
        refuse(name, Integer.toString(i), name + " must hold objects only");
      }
    }
    return bodies;
  }

  /** Writes what was sent, without its layout and without a copy of it. */
  void writeTo(OutputStream out) {
    try {
      Json.mapper().writeValue(out, fields);
    } catch (IOException e) {
      throw new IllegalStateException("a body could not be written again", e);
    }
  }

  public Optional<Boolean> bool(String name) {
    return sent(name)
        .filter(value -> value.isBoolean() || wrong(name, "true or false", value))
        .map(JsonNode::booleanValue);
  }

  /**
   * A whole number.
   *
   * @param expected what it must be, as reported to the client
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
   * @param expected what it must be, as reported to the client
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
                (value.isTextual() && length(value) <= most)
                    || wrong(name, "text of at most " + most + " characters", value))
        .map(JsonNode::textValue);
  }

  /** A time in seconds, to the millisecond, from {@code least} to {@code most}. */
  public Optional<Duration> seconds(String name, Duration least, Duration most) {
    return sent(name)
        .filter(
            value ->
                isTime(value, least, most)
                    || wrong(
                        name,
                        "a number of seconds from " + plain(least) + " to " + plain(most),
                        value))
        .map(value -> Duration.ofMillis(value.decimalValue().movePointRight(3).longValue()));
  }

  private static boolean isTime(JsonNode value, Duration least, Duration most) {
    return value.isNumber()
        && value.decimalValue().compareTo(decimal(least)) >= 0
        && value.decimalValue().compareTo(decimal(most)) <= 0;
  }

  private static BigDecimal decimal(Duration time) {
    return BigDecimal.valueOf(time.toMillis(), 3);
  }

  private static String plain(Duration time) {
    return decimal(time).stripTrailingZeros().toPlainString();
  }

  /** A moment in ISO-8601 with its offset, in the years 1 to 9999. */
  public Optional<Instant> moment(String name) {
    return sent(name)
        .flatMap(
            value -> {
              Optional<Instant> moment = parsedMoment(value.asText());
              if (moment.isEmpty()) {
                wrong(name, "a moment such as 2030-01-31T12:00:00Z", value);
              }
              return moment;
            });
  }

  private static Optional<Instant> parsedMoment(String text) {
    try {
      OffsetDateTime moment = OffsetDateTime.parse(text);
      return Optional.of(moment)
          .filter(at -> at.getYear() >= 1 && at.getYear() <= 9999)
          .map(OffsetDateTime::toInstant);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
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
    return value.isTextual() && !value.textValue().isEmpty() && length(value) <= most;
  }

  /** In characters as Postgres counts them: an emoji is one. */
  private static int length(JsonNode text) {
    return CodePoints.length(text.textValue());
  }

  /** One of some texts. */
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
    String was = SECRETS.contains(name) ? "" : ", was " + Problems.cut(value.toString());
    refuse(name, name + " must be " + expected + was);
    return false;
  }

  /** Notes that something is wrong with a field. */
  public void refuse(String name, String detail) {
    add(path + pointer(name), detail);
  }

  /** As {@link #refuse}, for a field inside an object. */
  public void refuse(String outer, String inner, String detail) {
    add(path + pointer(outer) + pointer(inner), detail);
  }

  private void add(String pointer, String detail) {
    if (errors.size() < MOST_ERRORS) {
      errors.add(new FieldError(pointer, detail));
    }
  }

  static String pointer(String name) {
    return "/" + name.replace("~", "~0").replace("/", "~1");
  }

  /**
   * Notes that a field is missing, if it is.
   *
   * @param expected what it must be, as reported to the client
   */
  public void require(String name, String expected) {
    if (sent(name).isEmpty()) {
      refuse(name, name + " must be given: " + expected);
    }
  }

  /**
   * A field takes more bytes than may be.
   *
   * @param name of the field
   */
  public ProblemException tooLarge(String name, int most, long had) {
    String detail = name + " must have at most " + most + " bytes, had " + had;
    return Problems.tooLarge(most, List.of(new FieldError(path + pointer(name), detail)));
  }

  /** Ends the request when anything was wrong. */
  public void check() {
    if (!errors.isEmpty()) {
      throw Problems.invalid(errors);
    }
  }
}
