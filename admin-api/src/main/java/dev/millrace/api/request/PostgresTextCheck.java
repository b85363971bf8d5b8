package dev.millrace.api.request;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.problem.Problem.FieldError;
import dev.millrace.api.problem.Problems;
import java.math.BigDecimal;
import java.util.List;

/**
 * What JSON can hold and Postgres cannot store: the NUL character, an unpaired surrogate, and a
 * number with more digits than numeric has.
 */
final class PostgresTextCheck {
  private PostgresTextCheck() {}

  /** Adds an error for each value in a body that cannot be stored. */
  static void check(JsonNode body, List<FieldError> errors) {
    check("", "the body", body, errors);
  }

  private static void check(String at, String name, JsonNode node, List<FieldError> errors) {
    if (errors.size() >= JsonBody.MOST_ERRORS) {
      return;
    }
    if (node.isTextual() && !isKeepable(node.textValue())) {
      refuse(at, name, node.textValue(), errors);
    } else if (node.isNumber() && !isKeepable(node.decimalValue())) {
      errors.add(
          new FieldError(
              at,
              name
                  + " must be a number of at most 131072 digits before the point and 16383 behind"
                  + " it, was "
                  + Problems.cut(node.asText())));
    }
    node.properties()
        .forEach(
            entry -> {
              String pointer = at + JsonBody.pointer(entry.getKey());
              if (isKeepable(entry.getKey())) {
                check(pointer, entry.getKey(), entry.getValue(), errors);
              } else {
                refuse(pointer, "the name of a field", entry.getKey(), errors);
              }
            });
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      check(at + "/" + i, name + "[" + i + "]", node.get(i), errors);
    }
  }

  /** As the type numeric of Postgres has it. */
  private static boolean isKeepable(BigDecimal number) {
    long before = (long) number.precision() - number.scale();
    return number.scale() <= 16_383
        && (before <= 131_072 || number.signum() == 0)
        // zero with a huge exponent is read as all its zeros
        && number.scale() >= -131_072;
  }

  private static boolean isKeepable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (Character.isHighSurrogate(unit)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (unit == 0 || Character.isSurrogate(unit)) {
        return false;
      }
    }
    return true;
  }

  private static void refuse(String at, String name, String value, List<FieldError> errors) {
    String shown = value.replaceAll("[\\x00\\p{Cs}]", "\uFFFD");
    errors.add(
        new FieldError(
            at.replaceAll("[\\x00\\p{Cs}]", "\uFFFD"),
            name
                + " must be text without the character NUL and without unpaired surrogates, was '"
                + Problems.cut(shown)
                + "'"));
  }
}
