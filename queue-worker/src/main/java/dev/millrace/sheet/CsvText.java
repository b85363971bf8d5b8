package dev.millrace.sheet;

import java.nio.ByteBuffer;
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
 * The characters of a CSV file, which never says its encoding. A byte order mark decides; then the
 * charset of the content type and UTF-8 are tried, strictly; what is neither was written by an old
 * Windows program.
 */
final class CsvText {
  private static final Charset WINDOWS = Charset.forName("windows-1252");
  private static final Pattern CHARSET = Pattern.compile("charset=\"?([\\w.:-]+)");

  private CsvText() {}

  static String decode(byte[] bytes, String contentType) {
    if (startsWith(bytes, 0xef, 0xbb, 0xbf)) {
      return new String(bytes, 3, bytes.length - 3, StandardCharsets.UTF_8);
    }
    if (startsWith(bytes, 0xff, 0xfe)) {
      return new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_16LE);
    }
    if (startsWith(bytes, 0xfe, 0xff)) {
      return new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_16BE);
    }
    for (Charset charset : candidates(contentType)) {
      try {
        return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      } catch (CharacterCodingException e) {
        // not this one
      }
    }
    return new String(bytes, WINDOWS);
  }

  private static List<Charset> candidates(String contentType) {
    List<Charset> charsets = new ArrayList<>();
    Matcher named = CHARSET.matcher(contentType);
    if (named.find()) {
      try {
        charsets.add(Charset.forName(named.group(1)));
      } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
        // a charset nobody knows is no charset
      }
    }
    charsets.add(StandardCharsets.UTF_8);
    return charsets;
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
