package dev.millrace.sheet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The bytes of a sheet. Their format is detected from the bytes; the content type and the file name
 * can only rule a format out.
 */
final class SheetContent {
  private static final int FIRST_BYTES = 65_536;
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] OLE2 = {(byte) 0xd0, (byte) 0xcf, 0x11, (byte) 0xe0};
  private static final byte[] PDF = {'%', 'P', 'D', 'F'};

  private final byte[] bytes;
  private final String contentType;
  private final String path;

  /**
   * Takes the bytes, without a copy.
   *
   * @param contentType as sent, or empty
   * @param path of the URL, for its extension
   */
  SheetContent(byte[] bytes, String contentType, String path) {
    this.bytes = bytes;
    this.contentType = contentType.toLowerCase(Locale.ROOT);
    this.path = path.toLowerCase(Locale.ROOT);
  }

  /**
   * Reads a whole stream; fails with {@link SheetErrorType#TOO_LARGE} at the first byte above the
   * limit. The buffer doubles, so while it grows it needs 1.5 times its new size.
   */
  static byte[] readAll(InputStream in, SheetMemory memory, SheetLimits limits) throws IOException {
    byte[] bytes = new byte[FIRST_BYTES];
    memory.take(bytes.length);
    int filled = 0;
    while (true) {
      SheetException.ifInterrupted();
      int read = in.read(bytes, filled, bytes.length - filled);
      if (read < 0) {
        return Arrays.copyOf(bytes, filled);
      }
      filled += read;
      if (filled > limits.maxBytes()) {
        throw new SheetException(
            SheetErrorType.TOO_LARGE, "the sheet has more than " + limits.maxBytes() + " bytes");
      }
      if (filled == bytes.length) {
        int size = (int) Math.min((long) bytes.length * 2, limits.maxBytes() + 1L);
        memory.take((long) size - bytes.length);
        bytes = Arrays.copyOf(bytes, size);
      }
    }
  }

  SheetTable parse(SheetMemory memory, SheetLimits limits) {
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
