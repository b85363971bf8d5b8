package dev.millrace.sheet;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The characters of an XML document: its encoding, its references, one character of lookahead.
 * Entities beyond the five of the standard are refused. An interrupt of the thread ends the reading
 * at the next buffer. Not thread-safe.
 */
final class XmlCharacters implements AutoCloseable {
  private static final int START_OF_FILE = 200;
  private static final Pattern ENCODING =
      Pattern.compile("^<\\?xml[^>]{0,100}encoding\\s*=\\s*[\"']([\\w.-]{1,40})[\"']");

  private static final int KNOWN_NAMES = 64;

  private final Reader in;
  private final char[] buffer = new char[16_384];
  private final @Nullable String[] knownNames = new String[KNOWN_NAMES];
  private int position;
  private int filled;

  XmlCharacters(InputStream part) throws IOException {
    PushbackInputStream bytes = new PushbackInputStream(part, START_OF_FILE);
    byte[] start = bytes.readNBytes(START_OF_FILE);
    bytes.unread(start);
    in = new InputStreamReader(bytes, charset(start));
    if (peek() == '\ufeff') {
      take();
    }
  }

  /** Reads a reference to a character or to one of XML's five entities. */
  int reference() throws IOException {
    take();
    StringBuilder reference = new StringBuilder(8);
    for (int c = take(); c != ';'; c = take()) {
      reference.append((char) c);
      if (reference.length() > 10) {
        throw broken("a reference does not end");
      }
    }
    String what = reference.toString();
    return switch (what) {
      case "lt" -> '<';
      case "gt" -> '>';
      case "amp" -> '&';
      case "quot" -> '"';
      case "apos" -> '\'';
      default -> number(what);
    };
  }

  private static int number(String reference) {
    try {
      if (reference.startsWith("#x")) {
        return valid(Integer.parseInt(reference.substring(2), 16));
      }
      if (reference.startsWith("#")) {
        return valid(Integer.parseInt(reference.substring(1)));
      }
    } catch (NumberFormatException e) {
      // reported below, as an entity
    }
    throw broken("it uses an entity that XML does not define");
  }

  /** Checks that XML has a character; the halves of a surrogate pair pass one by one. */
  static int valid(int c) {
    if (c <= 0 || !Character.isValidCodePoint(c)) {
      throw broken("it has a character that XML does not allow");
    }
    return c;
  }

  /** Reads up to the end of a text. */
  void skipUntil(String end) throws IOException {
    int matched = 0;
    while (matched < end.length()) {
      int c = take();
      if (c == end.charAt(matched)) {
        matched++;
      } else if (!(matched == 2 && end.length() == 3 && c == '-')) { // "--->" ends with "-->"
        matched = c == end.charAt(0) ? 1 : 0;
      }
    }
  }

  /** Reads one character, which must be this one. */
  void expect(char expected) throws IOException {
    if (take() != expected) {
      throw broken("it is not well-formed");
    }
  }

  /** The next character, which stays; below 0 at the end. */
  int peek() throws IOException {
    return position < filled || fill() ? buffer[position] : -1;
  }

  /** Reads the next character; the end is an error. */
  int take() throws IOException {
    int c = peek();
    if (c < 0) {
      throw broken("it ends too early");
    }
    position++;
    return c;
  }

  /**
   * Takes characters before the next markup, reference or quote, as far as they are in the buffer.
   *
   * @param quote 0: none
   * @return how many; 0 says nothing
   */
  int takeText(StringBuilder into, int quote, int most) {
    int end = Math.min(filled, position + most);
    int i = position;
    while (i < end
        && buffer[i] != '<'
        && buffer[i] != '&'
        && buffer[i] != quote
        && buffer[i] != 0) {
      i++;
    }
    int taken = i - position;
    into.append(buffer, position, taken);
    position = i;
    return taken;
  }

  /** Takes a name that is in the buffer as a whole and has no prefix; null: it is not. */
  @Nullable String takeName(int longest) {
    int i = position;
    int hash = 0;
    while (i < filled && isName(buffer[i]) && buffer[i] != ':') {
      hash = hash * 31 + buffer[i];
      i++;
    }
    int length = i - position;
    if (length == 0 || length > longest || i == filled || buffer[i] == ':') {
      return null;
    }
    int slot = (hash ^ hash >>> 7) & (KNOWN_NAMES - 1);
    String known = knownNames[slot];
    if (known == null || !matches(known, length)) {
      known = new String(buffer, position, length);
      knownNames[slot] = known;
    }
    position = i;
    return known;
  }

  private boolean matches(String known, int length) {
    if (known.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (known.charAt(i) != buffer[position + i]) {
        return false;
      }
    }
    return true;
  }

  static boolean isName(int c) {
    return c > ' ' && c != '=' && c != '>' && c != '/' && c != '<' && c != '"' && c != '\''
        && c != '&';
  }

  private boolean fill() throws IOException {
    SheetException.ifInterrupted();
    position = 0;
    filled = Math.max(0, in.read(buffer));
    return filled > 0;
  }

  private static Charset charset(byte[] start) {
    if (start.length >= 2 && ((start[0] & 0xff) << 8 | (start[1] & 0xff)) == 0xfffe) {
      return StandardCharsets.UTF_16LE;
    }
    if (start.length >= 2 && ((start[0] & 0xff) << 8 | (start[1] & 0xff)) == 0xfeff) {
      return StandardCharsets.UTF_16BE;
    }
    Matcher named = ENCODING.matcher(new String(start, StandardCharsets.ISO_8859_1));
    String encoding = named.find() ? named.group(1).toUpperCase(Locale.ROOT) : "UTF-8";
    return switch (encoding) {
      case "UTF-8", "US-ASCII", "ASCII" -> StandardCharsets.UTF_8;
      case "ISO-8859-1" -> StandardCharsets.ISO_8859_1;
      case "WINDOWS-1252" -> Charset.forName("windows-1252");
      default -> throw broken("its encoding is none that spreadsheets use");
    };
  }

  static SheetException broken(String reason) {
    return ZipParts.broken(reason);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
