package dev.millrace.sheet.google;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.sheet.SpoolFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A tab of a Google sheet.
 *
 * @param index its place among all tabs of the answer, from 0
 * @param id the {@code gid} of its URL
 * @param grid whether it has cells; a chart has none
 */
record GoogleTab(int index, int id, String title, boolean hidden, boolean grid) {
  /** All tabs of a {@code Spreadsheet}, in their order. */
  static List<GoogleTab> all(SpoolFile answer) {
    try {
      List<JsonNode> properties = AnswerRows.properties(answer);
      List<GoogleTab> tabs = new ArrayList<>(properties.size());
      for (JsonNode tab : properties) {
        tabs.add(
            new GoogleTab(
                tabs.size(),
                tab.path("sheetId").asInt(),
                tab.path("title").asText(),
                tab.path("hidden").asBoolean(),
                tab.path("sheetType").asText("GRID").equals("GRID")));
      }
      return tabs;
    } catch (IOException e) {
      throw GoogleRows.broken(e);
    }
  }

  /** All of its cells, in A1 notation. */
  String range() {
    return "'" + title.replace("'", "''") + "'";
  }
}
