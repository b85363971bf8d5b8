package dev.millrace.demo.google;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.demo.google.GoogleDocument.Cell;
import dev.millrace.demo.google.GoogleDocument.Tab;
import java.math.BigDecimal;
import java.util.List;

/** Documents as the resources of the Sheets API v4, by its public discovery document. */
final class GoogleAnswers {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int COLUMNS = 26;
  private static final int ROWS = 1_000;
  private static final int PIXELS = 21;

  private GoogleAnswers() {}

  /** A {@code Spreadsheet}. */
  static ObjectNode spreadsheet(String id, GoogleDocument document, List<Tab> tabs, boolean data) {
    ObjectNode answer = JSON.objectNode().put("spreadsheetId", id);
    answer
        .putObject("properties")
        .put("title", document.title())
        .put("locale", "en_US")
        .put("autoRecalc", "ON_CHANGE")
        .put("timeZone", "Etc/GMT");
    ArrayNode sheets = answer.putArray("sheets");
    for (Tab tab : tabs) {
      ObjectNode sheet = sheets.addObject();
      sheet.set("properties", properties(tab, document.tabs().indexOf(tab)));
      if (data) {
        ObjectNode grid = sheet.putArray("data").addObject();
        ArrayNode rows = grid.putArray("rowData");
        ArrayNode metadata = grid.putArray("rowMetadata");
        for (int i = 0; i < tab.rows().size(); i++) {
          rows.add(rowData(tab.rows().get(i)));
          ObjectNode row = metadata.addObject().put("pixelSize", PIXELS);
          if (tab.hiddenRows().contains(i + 1)) {
            row.put("hiddenByUser", true);
          }
        }
      }
    }
    return answer.put("spreadsheetUrl", "https://docs.google.com/spreadsheets/d/" + id + "/edit");
  }

  /** A {@code SheetProperties}. */
  private static ObjectNode properties(Tab tab, int index) {
    ObjectNode properties =
        JSON.objectNode()
            .put("sheetId", tab.id())
            .put("title", tab.title())
            .put("index", index)
            .put("sheetType", "GRID");
    properties
        .putObject("gridProperties")
        .put("rowCount", Math.max(ROWS, tab.rows().size()))
        .put("columnCount", COLUMNS);
    return tab.hidden() ? properties.put("hidden", true) : properties;
  }

  /** A {@code RowData}. */
  private static ObjectNode rowData(List<Cell> row) {
    ObjectNode data = JSON.objectNode();
    if (!row.isEmpty()) {
      ArrayNode values = data.putArray("values");
      row.forEach(cell -> values.add(cellData(cell)));
    }
    return data;
  }

  /** A {@code CellData}. */
  private static ObjectNode cellData(Cell cell) {
    ObjectNode data = JSON.objectNode();
    if (!cell.isEmpty()) {
      ObjectNode value = data.putObject("effectiveValue");
      if (cell.error()) {
        value
            .putObject("errorValue")
            .put("type", cell.value().toString().replaceAll("[^A-Z0-9]", ""))
            .put("message", "the formula failed");
      } else if (cell.value() instanceof Number number) {
        value.put("numberValue", new BigDecimal(number.toString()));
      } else if (cell.value() instanceof Boolean bool) {
        value.put("boolValue", bool);
      } else {
        value.put("stringValue", cell.value().toString());
      }
      data.put("formattedValue", cell.value().toString());
    }
    if (cell.type() != null) {
      ObjectNode format =
          data.putObject("effectiveFormat").putObject("numberFormat").put("type", cell.type());
      if (cell.pattern() != null) {
        format.put("pattern", cell.pattern());
      }
    }
    return data;
  }

  /**
   * A {@code BatchGetValuesResponse} with all values, unformatted; the last cells may be missing.
   */
  static ObjectNode values(String id, List<Tab> tabs) {
    ObjectNode answer = JSON.objectNode().put("spreadsheetId", id);
    ArrayNode ranges = answer.putArray("valueRanges");
    for (Tab tab : tabs) {
      ObjectNode range =
          ranges
              .addObject()
              .put("range", "'%s'!A1:Z%d".formatted(tab.title(), Math.max(ROWS, tab.rows().size())))
              .put("majorDimension", "ROWS");
      if (!tab.rows().isEmpty()) {
        ArrayNode rows = range.putArray("values");
        tab.rows().forEach(row -> rows.add(values(row)));
      }
    }
    return answer;
  }

  private static ArrayNode values(List<Cell> row) {
    ArrayNode values = JSON.arrayNode();
    int last = row.size();
    while (last > 0 && row.get(last - 1).isEmpty()) {
      last--;
    }
    for (Cell cell : row.subList(0, last)) {
      if (cell.value() instanceof Number number) {
        values.add(new BigDecimal(number.toString()));
      } else if (cell.value() instanceof Boolean bool) {
        values.add(bool);
      } else {
        values.add(cell.value().toString());
      }
    }
    return values;
  }

  /** An error, as all of Google's APIs send it. */
  static ObjectNode error(GoogleFault fault) {
    ObjectNode answer = JSON.objectNode();
    ObjectNode error =
        answer
            .putObject("error")
            .put("code", fault.status())
            .put("message", fault.message())
            .put("status", fault.statusName());
    if (fault == GoogleFault.API_DISABLED) {
      error
          .putArray("details")
          .addObject()
          .put("@type", "type.googleapis.com/google.rpc.ErrorInfo")
          .put("reason", "SERVICE_DISABLED")
          .put("domain", "googleapis.com");
    }
    return answer;
  }
}
