package dev.millrace.address;

import dev.millrace.MillraceException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-encoding as RFC 3986 has it: {@code +} is a plus sign. */
final class Percent {
  private Percent() {}

  /**
   * Decodes once.
   *
   * @param part what is decoded, such as {@code password}; the message of a refusal names it and
   *     does not repeat the text
   * @throws MillraceException when an escape is broken, or what comes out is not UTF-8 or holds NUL
   */
  static String decode(String part, String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); ) {
      if (text.charAt(i) == '%') {
        bytes.write(octet(part, text, i));
        i += 3;
      } else {
        int character = text.codePointAt(i);
        bytes.writeBytes(Character.toString(character).getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(character);
      }
    }
    try {
      String decoded =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString();
      if (decoded.indexOf('\0') >= 0) {
        throw new MillraceException("the " + part + " holds a zero byte (%00)");
      }
      return decoded;
    } catch (CharacterCodingException e) {
      throw new MillraceException("the escapes of the " + part + " are not UTF-8", e);
    }
  }

  private static int octet(String part, String text, int at) {
    int high = at + 1 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
    int low = at + 2 < text.length() ? Character.digit(text.charAt(at + 2), 16) : -1;
    if (high < 0 || low < 0) {
      throw new MillraceException(
          "the " + part + " holds a '%' without two hexadecimal digits: a '%' is written %25");
    }
    return high * 16 + low;
  }
}
