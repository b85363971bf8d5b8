package dev.millrace.api.request;

import dev.millrace.api.problem.Problems;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the text of a query strictly: what cannot be read is refused, never left out. */
final class QueryText {
  private static final List<String> ENCODED =
      List.of("UTF-8 without NUL, percent-encoded (%25 is a percent sign)");

  private QueryText() {}

  /**
   * The parameters, in order.
   *
   * @param query as it was sent; null: none
   * @throws dev.millrace.api.problem.ProblemException 400 naming a parameter that is sent twice or
   *     is not encoded well
   */
  static Map<String, String> parse(@Nullable String query) {
    Map<String, String> values = new LinkedHashMap<>();
    if (query == null || query.isEmpty()) {
      return values;
    }
    for (String pair : query.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String rawName = equals < 0 ? pair : pair.substring(0, equals);
      String rawValue = equals < 0 ? "" : pair.substring(equals + 1);
      String name =
          decoded(rawName).orElseThrow(() -> Problems.badParameter(rawName, rawValue, ENCODED));
      String value =
          decoded(rawValue).orElseThrow(() -> Problems.badParameter(name, rawValue, ENCODED));
      String earlier = values.putIfAbsent(name, value);
      if (earlier != null) {
        throw Problems.badParameter(name, earlier + "," + value, List.of("one value"));
      }
    }
    return values;
  }

  private static Optional<String> decoded(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (unit == '%') {
        int high = i + 2 <= text.length() - 1 ? Character.digit(text.charAt(i + 1), 16) : -1;
        int low = i + 2 <= text.length() - 1 ? Character.digit(text.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          return Optional.empty();
        }
        bytes.write(high * 16 + low);
        i += 2;
      } else if (unit == '+') {
        bytes.write(' ');
      } else {
        bytes.writeBytes(String.valueOf(unit).getBytes(StandardCharsets.UTF_8));
      }
    }
    try {
      String decoded =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString();
      return decoded.indexOf(0) < 0 ? Optional.of(decoded) : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
