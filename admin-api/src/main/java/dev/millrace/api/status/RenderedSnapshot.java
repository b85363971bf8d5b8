package dev.millrace.api.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.api.request.EntityTags;
import dev.millrace.json.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A rendered answer that is sent many times. */
final class RenderedSnapshot {
  /** Clock readings, which change although nothing else does. */
  private static final List<String> CLOCKS =
      List.of("as_of", "heartbeat_at", "heartbeat_age_seconds", "last_checkin_at", "clock_skew_ms");

  private final JsonNode tree;
  private final JsonNode stable;
  private final byte[] body;
  private final String tag;
  private byte @Nullable [] compressed;

  private RenderedSnapshot(JsonNode tree, JsonNode stable, byte[] body, String tag) {
    this.tree = tree;
    this.stable = stable;
    this.body = body;
    this.tag = tag;
  }

  /** The JSON of a view. */
  static RenderedSnapshot of(Object view) {
    JsonNode whole = Json.mapper().valueToTree(view);
    return rendered(whole);
  }

  /** Some members of it. */
  RenderedSnapshot only(Set<String> members) {
    ObjectNode part = ((ObjectNode) tree).objectNode();
    tree.properties().stream()
        .filter(member -> members.contains(member.getKey()))
        .forEach(member -> part.set(member.getKey(), member.getValue()));
    return rendered(part);
  }

  private static RenderedSnapshot rendered(JsonNode whole) {
    JsonNode stable = whole.deepCopy();
    for (String clock : CLOCKS) {
      stable.findParents(clock).forEach(parent -> ((ObjectNode) parent).remove(clock));
    }
    return new RenderedSnapshot(whole, stable, bytes(whole), EntityTags.weak(bytes(stable)));
  }

  /** What the tag is made of: the content without the clock readings. Not to be modified. */
  JsonNode stable() {
    return stable;
  }

  /** A stream over the JSON, which is shared by all answers. */
  InputStream body() {
    return new ByteArrayInputStream(body);
  }

  /** The same in gzip, compressed once for all answers. */
  synchronized InputStream gzip() {
    if (compressed == null) {
      compressed = compress(body);
    }
    return new ByteArrayInputStream(compressed);
  }

  private static byte[] compress(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 4);
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return out.toByteArray();
  }

  /** Weak and quoted; depends on the content, not on the clock readings in it. */
  String tag() {
    return tag;
  }

  private static byte[] bytes(JsonNode node) {
    return Json.write(node).getBytes(StandardCharsets.UTF_8);
  }
}
