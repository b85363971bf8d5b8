package dev.millrace.api.request;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.problem.Problem.FieldError;
import dev.millrace.api.problem.Problems;
import java.util.List;

/**
 * What JSON can say and Postgres cannot keep: the NUL character, half of a character, and a number
 * beyond all others.
 */
final class Keepable {
  private Keepable() {}

  /** Notes whatever in a body cannot be kept, wherever it is. */
  static void check(JsonNode body, List<FieldError> errors) {
    check("", "the body", body, errors);
  }

  private static void check(String at, String name, JsonNode node, List<FieldError> errors) {
    if (node.isTextual() && !isKeepable(node.textValue())) {
      refuse(at, name, node.textValue(), errors);
    } else if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
      errors.add(new FieldError(at, name + " must be a number below 1.8e308, was beyond"));
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
                + " must be text without the character NUL and without half characters, was '"
                + Problems.cut(shown)
                + "'"));
  }
}
