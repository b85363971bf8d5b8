package dev.millrace.sheet;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The characters of a CSV file, which does not declare its encoding. A byte order mark decides, or
 * the zeros of UTF-16; then the charset of the content type and UTF-8 are tried strictly; otherwise
 * it is the encoding of old Windows programs. Characters are decoded while they are read, so that
 * there is no decoded copy of the file.
 */
final class CsvText {
  private static final Charset WINDOWS = Charset.forName("windows-1252");
  private static final Pattern CHARSET = Pattern.compile("charset=\"?([\\w.:-]+)");
  private static final int SAMPLE = 64;

  private final byte[] bytes;
  private final int from;
  private final Charset charset;

  private CsvText(byte[] bytes, int from, Charset charset) {
    this.bytes = bytes;
    this.from = from;
    this.charset = charset;
  }

  /** A text that is decoded already. */
  static CsvText of(String text) {
    return new CsvText(text.getBytes(StandardCharsets.UTF_8), 0, StandardCharsets.UTF_8);
  }

  static CsvText decode(byte[] bytes, String contentType) {
    if (startsWith(bytes, 0xef, 0xbb, 0xbf)) {
      return new CsvText(bytes, 3, StandardCharsets.UTF_8);
    }
    if (startsWith(bytes, 0xff, 0xfe)) {
      return new CsvText(bytes, 2, StandardCharsets.UTF_16LE);
    }
    if (startsWith(bytes, 0xfe, 0xff)) {
      return new CsvText(bytes, 2, StandardCharsets.UTF_16BE);
    }
    for (Charset charset : candidates(bytes, contentType)) {
      if (isWritten(bytes, charset)) {
        return new CsvText(bytes, 0, charset);
      }
    }
    return new CsvText(bytes, 0, WINDOWS);
  }

  /** A reader from the first character. */
  Reader open() {
    return new InputStreamReader(
        new ByteArrayInputStream(bytes, from, bytes.length - from), charset);
  }

  private static List<Charset> candidates(byte[] bytes, String contentType) {
    List<Charset> charsets = new ArrayList<>();
    Matcher named = CHARSET.matcher(contentType);
    if (named.find()) {
      try {
        charsets.add(Charset.forName(named.group(1)));
      } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
        // an unknown charset is ignored
      }
    }
    int zerosAtEven = zeros(bytes, 0);
    int zerosAtOdd = zeros(bytes, 1);
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
    for (int i = from; i < Math.min(bytes.length, SAMPLE); i += 2) {
      zeros += bytes[i] == 0 ? 1 : 0;
    }
    return zeros;
  }

  /** Whether all bytes are text of a charset; decoded in pieces, so that it costs no memory. */
  private static boolean isWritten(byte[] bytes, Charset charset) {
    CharsetDecoder decoder = charset.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(8_192);
    CoderResult result = decoder.decode(in, out, true);
    while (result.isOverflow()) {
      out.clear();
      result = decoder.decode(in, out, true);
    }
    return !result.isError();
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
