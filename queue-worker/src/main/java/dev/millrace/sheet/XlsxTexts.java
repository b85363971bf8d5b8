package dev.millrace.sheet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The shared texts of a workbook, and the reading of a text from its runs. The texts are in a
 * temporary file: a workbook may have millions, and its rows refer to any of them.
 */
final class XlsxTexts implements AutoCloseable {
  /** Excel allows 32,767. */
  static final int LONGEST = 40_000;

  /** The escapes of characters that XML lacks: {@code _x000D_}. */
  private static final Pattern ESCAPE = Pattern.compile("_x([0-9A-Fa-f]{4})_");

  private static final int MOST = SheetLimits.MAX_CELLS;
  private static final long MOST_BYTES = 2_000_000_000;
  private static final int PAGES_OF_TEXTS = 512;
  private static final int PAGES_OF_INDEX = 64;
  private static final int ENTRY = Long.BYTES;

  /** The texts one after the other: one byte for each character if all are below 256, else two. */
  private final PagedFile texts;

  /** Where each text ends, and whether its characters have two bytes. */
  private final PagedFile index;

  private int count;

  private XlsxTexts(PagedFile texts, PagedFile index) {
    this.texts = texts;
    this.index = index;
  }

  static XlsxTexts read(XmlScanner xml) throws IOException {
    XlsxTexts texts =
        new XlsxTexts(
            new PagedFile(SpoolFile.create(), PAGES_OF_TEXTS),
            new PagedFile(SpoolFile.create(), PAGES_OF_INDEX));
    try {
      for (XmlScanner.Event event = xml.next();
          event != XmlScanner.Event.OVER;
          event = xml.next()) {
        if (event == XmlScanner.Event.START && xml.name().equals("si")) {
          texts.add(SheetText.trim(richText(xml)));
        }
      }
      texts.texts.flush();
      texts.index.flush();
      return texts;
    } catch (IOException | RuntimeException | Error e) {
      texts.close();
      throw e;
    }
  }

  private void add(String text) throws IOException {
    boolean wide = isWide(text);
    if (wide) {
      ByteBuffer bytes = ByteBuffer.allocate(text.length() * Character.BYTES);
      bytes.asCharBuffer().put(text);
      texts.write(bytes.array());
    } else {
      texts.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
    index.write(ByteBuffer.allocate(ENTRY).putLong(texts.size() * 2 + (wide ? 1 : 0)).array());
    if (++count > MOST || texts.size() > MOST_BYTES) {
      throw SheetException.tooLarge(
          "the workbook has more than %d shared texts, or more than %d bytes of them"
              .formatted(MOST, MOST_BYTES));
    }
  }

  private static boolean isWide(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xff) {
        return true;
      }
    }
    return false;
  }

  SheetCell shared(String written) throws IOException {
    try {
      int i = Integer.parseInt(written.strip());
      if (i >= 0 && i < count) {
        long start = i == 0 ? 0 : entry(i - 1) >> 1;
        long entry = entry(i);
        byte[] bytes = texts.read(start, Math.toIntExact((entry >> 1) - start));
        return SheetCell.text(
            (entry & 1) == 0
                ? new String(bytes, StandardCharsets.ISO_8859_1)
                : ByteBuffer.wrap(bytes).asCharBuffer().toString());
      }
    } catch (NumberFormatException e) {
      // reported below, like an index that is too high
    }
    throw ZipParts.broken("a cell refers to a shared text that does not exist");
  }

  private long entry(int i) throws IOException {
    return ByteBuffer.wrap(index.read((long) i * ENTRY, ENTRY)).getLong();
  }

  @Override
  public void close() {
    try (texts;
        index) {
      count = 0;
    }
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
        throw SheetException.tooLarge("a text has more than " + LONGEST + " characters");
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
