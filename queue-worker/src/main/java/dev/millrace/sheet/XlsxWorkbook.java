package dev.millrace.sheet;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the parts of a workbook, in both dialects of Open XML.
 *
 * @param worksheet the first visible tab that is a worksheet, not a chart or dialog
 * @param texts the shared texts; empty: there are none
 * @param styles empty: there are none
 */
record XlsxWorkbook(String worksheet, String texts, String styles, DateSystem dates) {
  private static final int MAX_SHEETS = 1_000;
  private static final int MAX_RELATIONS = 10_000;

  /** A relation of one part to another. */
  private record Relation(String type, String target) {
    boolean is(String what) {
      return type.endsWith("/" + what);
    }
  }

  static XlsxWorkbook read(ZipParts zip) throws IOException {
    String workbook = part(relations(zip, ""), "officeDocument", "xl/workbook.xml");
    if (!zip.has(workbook)) {
      throw SheetContent.notASheet("the file is an archive that is no XLSX workbook");
    }
    Map<String, Relation> relations = relations(zip, workbook);
    List<String> sheets = new ArrayList<>();
    DateSystem dates = DateSystem.FROM_1900;
    try (XmlScanner xml = new XmlScanner(zip.open(workbook))) {
      for (XmlScanner.Event event = xml.next();
          event != XmlScanner.Event.OVER;
          event = xml.next()) {
        if (event != XmlScanner.Event.START) {
          continue;
        }
        if (xml.name().equals("workbookPr")) {
          String from1904 = xml.attribute("date1904", "0");
          dates =
              from1904.equals("1") || from1904.equals("true")
                  ? DateSystem.FROM_1904
                  : DateSystem.FROM_1900;
        } else if (xml.name().equals("sheet")
            && xml.attribute("state", "visible").equals("visible")) {
          Relation relation = relations.get(xml.attribute("id", ""));
          if (relation != null && sheets.size() < MAX_SHEETS) {
            sheets.add(relation.target());
          }
        }
      }
    }
    return new XlsxWorkbook(
        worksheet(zip, sheets),
        part(relations, "sharedStrings", ""),
        part(relations, "styles", ""),
        dates);
  }

  /** Finds a part by its content type. */
  private static String worksheet(ZipParts zip, List<String> sheets) throws IOException {
    for (String sheet : sheets) {
      if (zip.has(sheet) && root(zip, sheet).equals("worksheet")) {
        return sheet;
      }
    }
    throw SheetContent.notASheet("the XLSX has no visible worksheet");
  }

  private static String root(ZipParts zip, String part) throws IOException {
    try (XmlScanner xml = new XmlScanner(zip.open(part))) {
      XmlScanner.Event event = xml.next();
      while (event == XmlScanner.Event.TEXT) {
        event = xml.next();
      }
      return event == XmlScanner.Event.START ? xml.name() : "";
    }
  }

  private static String part(Map<String, Relation> relations, String type, String otherwise) {
    return relations.values().stream()
        .filter(relation -> relation.is(type))
        .map(Relation::target)
        .findFirst()
        .orElse(otherwise);
  }

  private static Map<String, Relation> relations(ZipParts zip, String of) throws IOException {
    int slash = of.lastIndexOf('/');
    String part = of.substring(0, slash + 1) + "_rels/" + of.substring(slash + 1) + ".rels";
    Map<String, Relation> relations = new HashMap<>();
    if (!zip.has(part)) {
      return relations;
    }
    try (XmlScanner xml = new XmlScanner(zip.open(part))) {
      for (XmlScanner.Event event = xml.next();
          event != XmlScanner.Event.OVER;
          event = xml.next()) {
        if (event == XmlScanner.Event.START
            && xml.name().equals("Relationship")
            && !xml.attribute("TargetMode", "Internal").equals("External")) {
          relations.put(
              xml.attribute("Id", ""),
              new Relation(xml.attribute("Type", ""), target(of, xml.attribute("Target", ""))));
          if (relations.size() > MAX_RELATIONS) {
            throw SheetTableBuilder.tooLarge(
                "a part has more than " + MAX_RELATIONS + " relations");
          }
        }
      }
    }
    return relations;
  }

  private static String target(String from, String target) {
    try {
      String path = URI.create("/" + from).resolve(target.replace('\\', '/')).getPath();
      return path.replaceFirst("^(/\\.\\.)*/", "");
    } catch (IllegalArgumentException e) {
      throw new SheetException(
          SheetErrorType.NOT_A_SHEET, "the XLSX file is broken: a relation has no target", e);
    }
  }
}
