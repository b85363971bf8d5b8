package dev.millrace.demo.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * The parameter {@code fields} of Google's APIs: {@code a,b(c,d/e)} keeps a whole, and of b what c
 * and d/e keep.
 *
 * @param fields by name; empty: everything below
 */
record FieldMask(Map<String, FieldMask> fields) {
  static final FieldMask ALL = new FieldMask(Map.of());

  /**
   * Reads a mask.
   *
   * @throws IllegalArgumentException if it is not one
   */
  static FieldMask parse(String text) {
    Parser parser = new Parser(text);
    FieldMask mask = parser.fields();
    if (parser.at != text.length()) {
      throw new IllegalArgumentException("Invalid field selection " + text);
    }
    return mask;
  }

  /** What the mask keeps. */
  JsonNode of(JsonNode node) {
    if (fields.isEmpty()) {
      return node;
    }
    if (node.isArray()) {
      ArrayNode kept = JsonNodeFactory.instance.arrayNode();
      node.forEach(element -> kept.add(of(element)));
      return kept;
    }
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    node.properties()
        .forEach(
            field -> {
              FieldMask below = fields.get(field.getKey());
              if (below != null) {
                kept.set(field.getKey(), below.of(field.getValue()));
              }
            });
    return kept;
  }

  /** Whether it keeps a field of the outermost object's elements. */
  boolean keeps(String outer, String inner) {
    FieldMask below = fields.get(outer);
    return below != null && (below.fields.isEmpty() || below.fields.containsKey(inner));
  }

  private static final class Parser {
    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    FieldMask fields() {
      Map<String, FieldMask> fields = new TreeMap<>();
      while (true) {
        int start = at;
        while (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
          at++;
        }
        if (at == start) {
          throw new IllegalArgumentException("Invalid field selection " + text);
        }
        fields.put(text.substring(start, at), below());
        if (at == text.length() || text.charAt(at) != ',') {
          return new FieldMask(fields);
        }
        at++;
      }
    }

    private FieldMask below() {
      if (at < text.length() && text.charAt(at) == '(') {
        at++;
        FieldMask inner = fields();
        if (at == text.length() || text.charAt(at) != ')') {
          throw new IllegalArgumentException("Invalid field selection " + text);
        }
        at++;
        return inner;
      }
      if (at < text.length() && text.charAt(at) == '/') {
        at++;
        int start = at;
        while (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
          at++;
        }
        return new FieldMask(Map.of(text.substring(start, at), below()));
      }
      return ALL;
    }
  }
}
