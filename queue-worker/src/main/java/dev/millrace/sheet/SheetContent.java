package dev.millrace.sheet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The bytes of a sheet. Their format is detected from the bytes; the content type and the file name
 * can only rule a format out.
 */
final class SheetContent {
  private static final int START = 512;
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] OLE2 = {(byte) 0xd0, (byte) 0xcf, 0x11, (byte) 0xe0};
  private static final byte[] PDF = {'%', 'P', 'D', 'F'};

  private final SpoolFile spool;
  private final String contentType;
  private final String path;

  /**
   * Takes the bytes.
   *
   * @param contentType as sent, or empty
   * @param path of the URL, for its extension
   */
  SheetContent(SpoolFile spool, String contentType, String path) {
    this.spool = spool;
    this.contentType = contentType.toLowerCase(Locale.ROOT);
    this.path = path.toLowerCase(Locale.ROOT);
  }

  /** The sheet, which closes the spool. Its format is detected when it is read. */
  Sheet open(SheetVersion version, SheetLimits limits) {
    return new SpooledSheet(version, this, limits);
  }

  SpoolFile spool() {
    return spool;
  }

  /**
   * The format of the bytes.
   *
   * @throws SheetException of type {@link SheetErrorType#NOT_A_SHEET} if they are no sheet
   */
  SheetFormat format(SheetLimits limits) throws IOException {
    byte[] start = spool.open().readNBytes(START);
    if (startsWith(start, ZIP)) {
      return new XlsxFormat(spool, limits);
    }
    if (contentType.contains("text/html") || looksLikeHtml(start)) {
      throw SheetException.notASheet(
          "the source sent an HTML page instead of a sheet; is it shared with everyone?");
    }
    if (startsWith(start, OLE2)) {
      throw SheetException.notASheet(
          "the file is an old or encrypted Excel file; save it as XLSX or CSV");
    }
    if (startsWith(start, PDF)
        || contentType.startsWith("image/")
        || contentType.contains("application/pdf")
        || contentType.contains("application/json")) {
      throw SheetException.notASheet("the source sent no sheet" + saidToBe());
    }
    if (contentType.contains("spreadsheetml") || path.endsWith(".xlsx")) {
      throw SheetException.notASheet("the file is called XLSX but is not one");
    }
    return new CsvFormat(CsvText.decode(spool, contentType), limits);
  }

  private static boolean looksLikeHtml(byte[] bytes) {
    String start =
        new String(bytes, StandardCharsets.ISO_8859_1)
            .replaceFirst("^(\\u00ef\\u00bb\\u00bf)?\\s*", "")
            .toLowerCase(Locale.ROOT);
    return start.startsWith("<!doctype html")
        || start.startsWith("<html")
        || (start.startsWith("<") && start.contains("<html"));
  }

  private static boolean startsWith(byte[] bytes, byte[] magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= bytes.length || bytes[i] != magic[i]) {
        return false;
      }
    }
    return true;
  }

  private String saidToBe() {
    return contentType.isEmpty() ? "" : " (" + contentType + ")";
  }
}
