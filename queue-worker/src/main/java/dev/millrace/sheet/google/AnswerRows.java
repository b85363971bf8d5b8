package dev.millrace.sheet.google;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.millrace.sheet.SpoolFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one tab in an answer, of which one at a time is in memory. Fields that were not asked
 * for are skipped.
 */
final class AnswerRows implements AutoCloseable {
  private static final ObjectReader JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).reader();

  private final JsonParser json;
  private boolean inside;

  private AnswerRows(SpoolFile answer) throws IOException {
    json = JSON.createParser(answer.open());
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new IOException("the answer is not an object");
    }
  }

  /** The rows of a {@code BatchGetValuesResponse} with one range: arrays of values. */
  static AnswerRows values(SpoolFile answer) throws IOException {
    AnswerRows rows = new AnswerRows(answer);
    rows.inside = rows.enter("valueRanges", 0) && rows.enter("values", 0);
    return rows;
  }

  /** The rows of one tab of a {@code Spreadsheet}: objects of type {@code RowData}. */
  static AnswerRows formats(SpoolFile answer, int tab) throws IOException {
    return data(answer, tab, "rowData");
  }

  /** What is known of the same rows: objects of type {@code DimensionProperties}. */
  static AnswerRows metadata(SpoolFile answer, int tab) throws IOException {
    return data(answer, tab, "rowMetadata");
  }

  private static AnswerRows data(SpoolFile answer, int tab, String field) throws IOException {
    AnswerRows rows = new AnswerRows(answer);
    rows.inside = rows.enter("sheets", tab) && rows.enter("data", 0) && rows.enter(field, 0);
    return rows;
  }

  /** The properties of all tabs of a {@code Spreadsheet}, each of a tab that has some. */
  static List<JsonNode> properties(SpoolFile answer) throws IOException {
    List<JsonNode> all = new ArrayList<>();
    try (AnswerRows rows = new AnswerRows(answer)) {
      boolean more = rows.enter("sheets", 0);
      while (more) {
        all.add(MissingNode.getInstance());
        while (rows.json.nextToken() == JsonToken.FIELD_NAME) {
          boolean found = rows.json.currentName().equals("properties");
          rows.json.nextToken();
          if (found) {
            all.set(all.size() - 1, JSON.readTree(rows.json));
          } else {
            rows.json.skipChildren();
          }
        }
        more = rows.json.nextToken() == JsonToken.START_OBJECT;
      }
      rows.finish();
    }
    return all;
  }

  /**
   * Moves to an element of an array in a field of the current object.
   *
   * @return false: there is none, because the tab is empty
   */
  private boolean enter(String field, int index) throws IOException {
    if (!find(field) || json.currentToken() != JsonToken.START_ARRAY) {
      return false;
    }
    JsonToken token = json.nextToken();
    for (int i = 0; i < index && token != JsonToken.END_ARRAY; i++) {
      json.skipChildren();
      token = json.nextToken();
    }
    return token != JsonToken.END_ARRAY;
  }

  /** Moves to the value of a field of the current object. */
  private boolean find(String field) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean found = json.currentName().equals(field);
      json.nextToken();
      if (found) {
        return true;
      }
      json.skipChildren();
    }
    return false;
  }

  /** The next row; null after the last one. */
  @Nullable JsonNode next() throws IOException {
    if (!inside) {
      return null;
    }
    JsonNode row = JSON.readTree(json);
    inside = json.nextToken() != JsonToken.END_ARRAY;
    return row;
  }

  /** Reads to the end of the answer, which fails if it was cut off. */
  void finish() throws IOException {
    inside = false;
    JsonToken token = json.nextToken();
    while (token != null) {
      token = json.nextToken();
    }
  }

  @Override
  public void close() throws IOException {
    json.close();
  }
}
