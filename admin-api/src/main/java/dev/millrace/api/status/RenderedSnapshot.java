package dev.millrace.api.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.api.request.EntityTags;
import dev.millrace.json.Json;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A rendered answer that is sent many times. */
final class RenderedSnapshot {
  /** Clock readings, which change although nothing else does. */
  private static final List<String> CLOCKS =
      List.of("as_of", "heartbeat_at", "heartbeat_age_seconds", "last_checkin_at", "clock_skew_ms");

  private final byte[] body;
  private final String tag;

  private RenderedSnapshot(byte[] body, String tag) {
    this.body = body;
    this.tag = tag;
  }

  /** The JSON of a view. */
  static RenderedSnapshot of(Object view) {
    JsonNode whole = Json.mapper().valueToTree(view);
    JsonNode stable = whole.deepCopy();
    for (String clock : CLOCKS) {
      stable.findParents(clock).forEach(parent -> ((ObjectNode) parent).remove(clock));
    }
    return new RenderedSnapshot(bytes(whole), EntityTags.weak(bytes(stable)));
  }

  /** A stream over the JSON, which is shared by all answers. */
  InputStream body() {
    return new ByteArrayInputStream(body);
  }

  /** Weak and quoted; depends on the content, not on the clock readings in it. */
  String tag() {
    return tag;
  }

  private static byte[] bytes(JsonNode node) {
    return Json.write(node).getBytes(StandardCharsets.UTF_8);
  }
}
