package dev.millrace.sheet;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the parts of a workbook, in both dialects of Open XML.
 *
 * @param tabs in their order, whatever they are: worksheets, charts, dialogs
 * @param texts the shared texts; empty: there are none
 * @param styles empty: there are none
 */
record XlsxWorkbook(List<Tab> tabs, String texts, String styles, DateSystem dates) {
  private static final int MAX_SHEETS = 1_000;
  private static final int MAX_RELATIONS = 10_000;
  private static final int MAX_RELATIONS_CHARACTERS = 4_000_000;
  private static final int LONGEST_NAME = 300;
  private static final int NAMED_TABS = 10;

  record Tab(String name, boolean visible, String part) {}

  /** A relation of one part to another. */
  private record Relation(String type, String target) {
    boolean is(String what) {
      return type.endsWith("/" + what);
    }
  }

  static XlsxWorkbook read(ZipParts zip) throws IOException {
    String workbook = part(relations(zip, ""), "officeDocument", "xl/workbook.xml");
    if (!zip.has(workbook)) {
      throw SheetException.notASheet("the file is an archive that is no XLSX workbook");
    }
    Map<String, Relation> relations = relations(zip, workbook);
    List<Tab> tabs = new ArrayList<>();
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
        } else if (xml.name().equals("sheet")) {
          Relation relation = relations.get(xml.attribute("id", ""));
          if (relation != null && tabs.size() < MAX_SHEETS) {
            String name = xml.attribute("name", "");
            tabs.add(
                new Tab(
                    name.substring(0, Math.min(name.length(), LONGEST_NAME)),
                    xml.attribute("state", "visible").equals("visible"),
                    relation.target()));
          }
        }
      }
    }
    return new XlsxWorkbook(
        List.copyOf(tabs),
        part(relations, "sharedStrings", ""),
        part(relations, "styles", ""),
        dates);
  }

  /**
   * The worksheet that is read: the first visible one, or the one of a name, case ignored.
   *
   * @throws SheetException of type {@link SheetErrorType#NOT_A_SHEET} if there is none
   */
  Tab worksheet(ZipParts zip, Optional<String> name) throws IOException {
    for (Tab tab : tabs) {
      boolean asked = name.map(tab.name().strip()::equalsIgnoreCase).orElse(tab.visible());
      if (asked && zip.has(tab.part()) && root(zip, tab.part()).equals("worksheet")) {
        return tab;
      }
    }
    throw SheetException.notASheet(
        name.map(
                missing ->
                    "the XLSX has no worksheet \"%s\"; its tabs are %s"
                        .formatted(
                            missing,
                            tabs.stream()
                                .limit(NAMED_TABS)
                                .map(tab -> '"' + tab.name() + '"')
                                .collect(Collectors.joining(", "))))
            .orElse("the XLSX has no visible worksheet"));
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
    long characters = 0;
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
          String id = xml.attribute("Id", "");
          Relation relation =
              new Relation(xml.attribute("Type", ""), target(of, xml.attribute("Target", "")));
          relations.put(id, relation);
          characters += id.length() + relation.type().length() + relation.target().length();
          if (relations.size() > MAX_RELATIONS || characters > MAX_RELATIONS_CHARACTERS) {
            throw SheetException.tooLarge(
                "a part has more than %d relations, or more than %d characters of them"
                    .formatted(MAX_RELATIONS, MAX_RELATIONS_CHARACTERS));
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
