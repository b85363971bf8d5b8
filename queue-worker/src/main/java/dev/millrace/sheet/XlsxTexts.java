package dev.millrace.sheet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The shared texts of a workbook, and the reading of a text from its runs. */
final class XlsxTexts {
  /** Excel allows 32,767. */
  static final int LONGEST = 40_000;

  /** The escapes of characters that XML lacks: {@code _x000D_}. */
  private static final Pattern ESCAPE = Pattern.compile("_x([0-9A-Fa-f]{4})_");

  private final List<SheetCell> shared = new ArrayList<>();

  /** No shared texts. */
  XlsxTexts() {}

  static XlsxTexts read(XmlScanner xml, SheetMemory memory) throws IOException {
    XlsxTexts texts = new XlsxTexts();
    for (XmlScanner.Event event = xml.next(); event != XmlScanner.Event.OVER; event = xml.next()) {
      if (event == XmlScanner.Event.START && xml.name().equals("si")) {
        SheetCell text = SheetCell.text(richText(xml));
        memory.takeCell(text);
        texts.shared.add(text);
      }
    }
    return texts;
  }

  SheetCell shared(String index) {
    try {
      int i = Integer.parseInt(index.strip());
      if (i >= 0 && i < shared.size()) {
        return shared.get(i);
      }
    } catch (NumberFormatException e) {
      // reported below, like an index that is too high
    }
    throw ZipParts.broken("a cell refers to a shared text that does not exist");
  }

  /**
   * Reads the element that has just opened to its end; returns the text of its runs, without the
   * phonetic guides of East Asian texts.
   */
  static String richText(XmlScanner xml) throws IOException {
    StringBuilder all = new StringBuilder();
    int outside = xml.depth() - 1;
    while (xml.depth() > outside) {
      if (xml.next() != XmlScanner.Event.START) {
        continue;
      }
      switch (xml.name()) {
        case "t" -> all.append(xml.textOf(LONGEST));
        case "r" -> {} // its text is a child
        default -> xml.skip(); // rPh, phoneticPr, rPr
      }
      if (all.length() > LONGEST) {
        throw SheetTableBuilder.tooLarge("a text has more than " + LONGEST + " characters");
      }
    }
    return unescape(all.toString());
  }

  static String unescape(String text) {
    if (!text.contains("_x")) {
      return text;
    }
    Matcher escape = ESCAPE.matcher(text);
    StringBuilder plain = new StringBuilder();
    while (escape.find()) {
      String character = String.valueOf((char) Integer.parseInt(escape.group(1), 16));
      escape.appendReplacement(plain, Matcher.quoteReplacement(character));
    }
    return escape.appendTail(plain).toString();
  }
}
