package dev.millrace.sheet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The bytes of a sheet. Their format is detected from the bytes; the content type and the file name
 * can only rule a format out.
 */
final class SheetContent {
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] OLE2 = {(byte) 0xd0, (byte) 0xcf, 0x11, (byte) 0xe0};
  private static final byte[] PDF = {'%', 'P', 'D', 'F'};

  private final SpoolFile spool;
  private final String contentType;
  private final String path;
  private byte[] bytes = new byte[0];

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

  /**
   * The sheet, which closes the spool.
   *
   * @throws SheetException if the bytes are no sheet; the spool is closed then
   */
  Sheet open(SheetVersion version, SheetMemory memory, SheetLimits limits) throws IOException {
    try (spool) {
      memory.take(spool.size());
      bytes = spool.open().readAllBytes();
      return Sheet.of(parse(memory, limits), version);
    }
  }

  private SheetTable parse(SheetMemory memory, SheetLimits limits) {
    if (startsWith(ZIP)) {
      return XlsxReader.read(bytes, memory, limits);
    }
    if (contentType.contains("text/html") || looksLikeHtml()) {
      throw notASheet(
          "the source sent an HTML page instead of a sheet; is it shared with everyone?");
    }
    if (startsWith(OLE2)) {
      throw notASheet("the file is an old or encrypted Excel file; save it as XLSX or CSV");
    }
    if (startsWith(PDF)
        || contentType.startsWith("image/")
        || contentType.contains("application/pdf")
        || contentType.contains("application/json")) {
      throw notASheet("the source sent no sheet" + saidToBe());
    }
    if (contentType.contains("spreadsheetml") || path.endsWith(".xlsx")) {
      throw notASheet("the file is called XLSX but is not one");
    }
    return CsvSheetReader.read(CsvText.decode(bytes, contentType), memory, limits);
  }

  private boolean looksLikeHtml() {
    String start =
        new String(bytes, 0, Math.min(bytes.length, 512), StandardCharsets.ISO_8859_1)
            .replaceFirst("^(\\u00ef\\u00bb\\u00bf)?\\s*", "")
            .toLowerCase(Locale.ROOT);
    return start.startsWith("<!doctype html")
        || start.startsWith("<html")
        || (start.startsWith("<") && start.contains("<html"));
  }

  private boolean startsWith(byte[] magic) {
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

  static SheetException notASheet(String message) {
    return new SheetException(SheetErrorType.NOT_A_SHEET, message);
  }
}
