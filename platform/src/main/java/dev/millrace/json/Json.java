package dev.millrace.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.stream.Collectors;

/** The mapper that every payload, result and answer goes through. Thread-safe. */
public final class Json {
  /** The longest number that a request may write, in characters. */
  public static final int MOST_DIGITS = 10_000;

  /**
   * The longest number that is read of what Postgres keeps: as long as a payload, for Postgres
   * writes exponents out, and what was taken must reach its handler.
   */
  private static final int MOST_KEPT_DIGITS = 256 * 1024;

  /** How deep arrays and objects may stand in each other. */
  public static final int MOST_DEPTH = 500;

  private static final JsonFactory OF_REQUESTS = factory(MOST_DIGITS);

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(factory(MOST_KEPT_DIGITS))
          .addModule(new JavaTimeModule())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          // to the digit: a double would change most of them
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS))
          .build();

  private Json() {}

  private static JsonFactory factory(int mostDigits) {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MOST_DEPTH)
                .maxNumberLength(mostDigits)
                .build())
        .build();
  }

  /** Makes parsers that refuse what no request may hold. */
  public static JsonFactory ofRequests() {
    return OF_REQUESTS;
  }

  public static ObjectMapper mapper() {
    return MAPPER;
  }

  /**
   * The JSON text of a value.
   *
   * @throws JsonException when the value cannot be written: a defect of its type
   */
  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new JsonException("cannot write " + value.getClass().getName() + " as JSON", e);
    }
  }

  /**
   * A value from JSON text.
   *
   * @throws JsonException naming the field and what was expected of it
   */
  public static <T> T read(String json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new JsonException(describe(e), e);
    }
  }

  /** The field and what was expected of it, without the mapper's advice to programmers. */
  private static String describe(JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "unknown field '"
          + path(unknown)
          + "'; allowed are "
          + unknown.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList();
    }
    if (e instanceof ValueInstantiationException refused && refused.getCause() != null) {
      return String.valueOf(refused.getCause().getMessage()); // the record's own words
    }
    String message = e.getOriginalMessage().replaceAll(" \\((?:set|although|for) .*", "");
    return e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()
        ? "field '" + path(mapping) + "': " + message
        : message;
  }

  private static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(
            step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
        .collect(Collectors.joining("."));
  }

  /**
   * A tree from JSON text.
   *
   * @throws JsonException when the text is not JSON
   */
  public static JsonNode tree(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new JsonException(e.getOriginalMessage(), e);
    }
  }
}
