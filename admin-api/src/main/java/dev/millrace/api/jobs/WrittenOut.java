package dev.millrace.api.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/**
 * How long a payload is as Postgres keeps it: an exponent is written out there, so that {@code
 * 1e100000} takes 100,001 bytes.
 */
final class WrittenOut {
  private WrittenOut() {}

  /**
   * The bytes that a payload takes.
   *
   * @param text the payload as it was sent, without its layout
   */
  static long bytes(JsonNode payload, String text) {
    return text.getBytes(StandardCharsets.UTF_8).length + added(payload);
  }

  private static long added(JsonNode node) {
    if (node.isBigDecimal()) {
      return length(node.decimalValue()) - node.decimalValue().toString().length();
    }
    long added = 0;
    for (JsonNode inner : node) {
      added += added(inner);
    }
    return added;
  }

  private static long length(BigDecimal number) {
    long sign = number.signum() < 0 ? 1 : 0;
    long before =
        number.signum() == 0 ? 1 : Math.max(1, (long) number.precision() - number.scale());
    return sign + before + (number.scale() > 0 ? 1L + number.scale() : 0);
  }
}
