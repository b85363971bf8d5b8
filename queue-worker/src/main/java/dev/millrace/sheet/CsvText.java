package dev.millrace.sheet;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The characters of a CSV file, which does not declare its encoding. A byte order mark decides, or
 * the zeros of UTF-16; then the charset of the content type and UTF-8 are tried strictly on the
 * whole file; otherwise it may be the encoding of old Windows programs, if {@link WindowsText} is
 * certain.
 */
final class CsvText {
  private static final Pattern CHARSET = Pattern.compile("charset=\"?([\\w.:-]+)");
  private static final int SAMPLE = 64;
  private static final int BUFFER = 65_536;

  private final SpoolFile file;
  private final int from;
  private final Charset charset;

  private CsvText(SpoolFile file, int from, Charset charset) {
    this.file = file;
    this.from = from;
    this.charset = charset;
  }

  /**
   * @throws SheetException of type {@link SheetErrorType#NOT_A_SHEET} if the encoding is not
   *     certain
   */
  static CsvText decode(SpoolFile file, String contentType) throws IOException {
    byte[] start = file.open().readNBytes(SAMPLE);
    if (startsWith(start, 0xef, 0xbb, 0xbf)) {
      return new CsvText(file, 3, StandardCharsets.UTF_8);
    }
    if (startsWith(start, 0xff, 0xfe)) {
      return new CsvText(file, 2, StandardCharsets.UTF_16LE);
    }
    if (startsWith(start, 0xfe, 0xff)) {
      return new CsvText(file, 2, StandardCharsets.UTF_16BE);
    }
    for (Charset charset : candidates(start, contentType)) {
      CsvText text = new CsvText(file, 0, charset);
      if (text.isWritten()) {
        return text;
      }
    }
    CsvText windows = new CsvText(file, 0, WindowsText.CHARSET);
    try (Reader in = windows.open()) {
      WindowsText.require(in);
    }
    return windows;
  }

  /** A reader from the first character. */
  Reader open() {
    return new InputStreamReader(
        new BufferedInputStream(file.open(from, file.size()), BUFFER), charset);
  }

  private static List<Charset> candidates(byte[] start, String contentType) {
    List<Charset> charsets = new ArrayList<>();
    Matcher named = CHARSET.matcher(contentType);
    if (named.find()) {
      try {
        charsets.add(Charset.forName(named.group(1)));
      } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
        // an unknown charset is ignored
      }
    }
    int zerosAtEven = zeros(start, 0);
    int zerosAtOdd = zeros(start, 1);
    if (zerosAtEven == 0 && zerosAtOdd > 1) {
      charsets.add(StandardCharsets.UTF_16LE);
    } else if (zerosAtOdd == 0 && zerosAtEven > 1) {
      charsets.add(StandardCharsets.UTF_16BE);
    }
    charsets.add(StandardCharsets.UTF_8);
    return charsets;
  }

  private static int zeros(byte[] bytes, int from) {
    int zeros = 0;
    for (int i = from; i < bytes.length; i += 2) {
      zeros += bytes[i] == 0 ? 1 : 0;
    }
    return zeros;
  }

  /** Whether all bytes are text of the charset. */
  private boolean isWritten() throws IOException {
    char[] buffer = new char[BUFFER];
    try (Reader in = new InputStreamReader(file.open(from, file.size()), charset.newDecoder())) {
      while (in.read(buffer) >= 0) {
        SheetException.ifInterrupted();
      }
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static boolean startsWith(byte[] bytes, int... mark) {
    for (int i = 0; i < mark.length; i++) {
      if (i >= bytes.length || (bytes[i] & 0xff) != mark[i]) {
        return false;
      }
    }
    return true;
  }
}
