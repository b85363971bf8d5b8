package dev.millrace.sheet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The number formats of a workbook, by the style of a cell. */
final class XlsxStyles {
  /** Excel allows 65,490. */
  private static final int MAX_STYLES = 100_000;

  private static final int MAX_FORMATS = 4_000;

  /** Excel allows 255. */
  private static final int LONGEST_FORMAT = 1_000;

  private final Map<Integer, String> codes = new HashMap<>();
  private final List<Integer> styles = new ArrayList<>();
  private final Map<Integer, NumberFormat> formats = new HashMap<>();

  /** No styles: every number is shown unformatted. */
  XlsxStyles() {}

  static XlsxStyles read(XmlScanner xml) throws IOException {
    XlsxStyles read = new XlsxStyles();
    boolean ofCells = false;
    for (XmlScanner.Event event = xml.next(); event != XmlScanner.Event.OVER; event = xml.next()) {
      if (event == XmlScanner.Event.START) {
        switch (xml.name()) {
          case "numFmt" -> read.addFormat(xml);
          case "cellXfs" -> ofCells = true;
          case "cellStyleXfs", "dxfs" -> xml.skip();
          case "xf" -> {
            if (ofCells) {
              read.addStyle(number(xml.attribute("numFmtId", "0")));
            }
          }
          default -> {}
        }
      } else if (event == XmlScanner.Event.END && xml.name().equals("cellXfs")) {
        ofCells = false;
      }
    }
    return read;
  }

  /** The format of a cell's style number; empty: of the first style. */
  NumberFormat of(String style) {
    int index = style.isEmpty() ? 0 : number(style);
    int format = index >= 0 && index < styles.size() ? styles.get(index) : 0;
    return formats.computeIfAbsent(
        format, id -> NumberFormat.of(codes.getOrDefault(id, NumberFormat.builtIn(id))));
  }

  private void addFormat(XmlScanner xml) {
    String code = xml.attribute("formatCode", "General");
    if (codes.size() == MAX_FORMATS || code.length() > LONGEST_FORMAT) {
      throw SheetException.tooLarge(
          "the XLSX file has more than "
              + MAX_FORMATS
              + " number formats, or one of more than "
              + LONGEST_FORMAT
              + " characters");
    }
    codes.put(number(xml.attribute("numFmtId", "0")), code);
  }

  private void addStyle(int format) {
    if (styles.size() == MAX_STYLES) {
      throw SheetException.tooLarge("the XLSX file has more than " + MAX_STYLES + " styles");
    }
    styles.add(format);
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new SheetException(
          SheetErrorType.NOT_A_SHEET,
          "the XLSX file is broken: a cell has a style that is no number",
          e);
    }
  }
}
