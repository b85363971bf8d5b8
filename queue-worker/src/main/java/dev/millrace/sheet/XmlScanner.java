package dev.millrace.sheet;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads XML piece by piece in constant memory, whatever the XML is: depth, attributes and the
 * length of every token are bounded before they are held, document types and entities beyond the
 * five of the standard are refused, and the thread's interrupt ends it at the next buffer. Names
 * are local ones, without their prefix: both dialects of Open XML are read alike. Not thread-safe.
 */
final class XmlScanner implements AutoCloseable {
  /** What comes next. */
  enum Event {
    /** A tag opens; an empty one opens and ends. */
    START,
    /** A tag ends. */
    END,
    /** Text, maybe not all of it. */
    TEXT,
    /** The document is over. */
    OVER
  }

  private static final int MAX_DEPTH = 100;
  private static final int MAX_ATTRIBUTES = 200;
  private static final int MAX_NAME = 500;
  private static final int MAX_TAG = 200_000;
  private static final int TEXT_PIECE = 8_192;
  private static final int START_OF_FILE = 200;
  private static final Pattern ENCODING =
      Pattern.compile("^<\\?xml[^>]{0,100}encoding\\s*=\\s*[\"']([\\w.-]{1,40})[\"']");

  private final Reader in;
  private final char[] buffer = new char[8_192];
  private int position;
  private int filled;
  private int peeked = -2;

  private final Deque<String> open = new ArrayDeque<>();
  private final List<String> attributeNames = new ArrayList<>();
  private final List<String> attributeValues = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder token = new StringBuilder();
  private String name = "";
  private boolean endsAtOnce;
  private int tagLength;

  XmlScanner(InputStream part) throws IOException {
    PushbackInputStream bytes = new PushbackInputStream(part, START_OF_FILE);
    byte[] start = bytes.readNBytes(START_OF_FILE);
    bytes.unread(start);
    in = new InputStreamReader(bytes, charset(start));
    if (peek() == '\ufeff') {
      take();
    }
  }

  Event next() throws IOException {
    if (endsAtOnce) {
      endsAtOnce = false;
      name = open.pop();
      return Event.END;
    }
    text.setLength(0);
    while (true) {
      int c = peek();
      if (c < 0) {
        if (!open.isEmpty()) {
          throw broken("it ends within an element");
        }
        return text.length() > 0 ? Event.TEXT : Event.OVER;
      }
      if (c == '<') {
        if (text.length() > 0) {
          return Event.TEXT;
        }
        take();
        Event event = markup();
        if (event != null) {
          return event;
        }
      } else {
        text.appendCodePoint(c == '&' ? reference() : character(take()));
        if (text.length() >= TEXT_PIECE
            && !Character.isHighSurrogate(text.charAt(text.length() - 1))) {
          return Event.TEXT;
        }
      }
    }
  }

  /** Of the tag that has just opened or ended. */
  String name() {
    return name;
  }

  /** How many elements are open; the one that has just opened included. */
  int depth() {
    return open.size();
  }

  /** Of the tag that has just opened. */
  @Nullable String attribute(String localName) {
    int i = attributeNames.indexOf(localName);
    return i < 0 ? null : attributeValues.get(i);
  }

  String attribute(String localName, String otherwise) {
    String value = attribute(localName);
    return value == null ? otherwise : value;
  }

  /** Of the text that has just come. */
  StringBuilder text() {
    return text;
  }

  /** Passes over the rest of the element that has just opened. */
  void skip() throws IOException {
    int outside = open.size() - 1;
    while (open.size() > outside) {
      next();
    }
  }

  /** The text of the element that has just opened, its children's left out; to its end. */
  String textOf(int longest) throws IOException {
    StringBuilder all = new StringBuilder();
    while (true) {
      switch (next()) {
        case START -> skip();
        case TEXT -> {
          if (all.length() + text.length() > longest) {
            throw SheetTableBuilder.tooLarge("a text has more than " + longest + " characters");
          }
          all.append(text);
        }
        case END, OVER -> {
          return all.toString();
        }
      }
    }
  }

  private @Nullable Event markup() throws IOException {
    int c = peek();
    if (c == '?') {
      passUntil("?>");
      return null;
    }
    if (c == '!') {
      take();
      declaration();
      return text.length() > 0 ? Event.TEXT : null;
    }
    tagLength = 0;
    if (c == '/') {
      take();
      String ended = localName();
      blanks();
      expect('>');
      if (open.isEmpty() || !open.peek().equals(ended)) {
        throw broken("an element ends that is not open");
      }
      name = open.pop();
      return Event.END;
    }
    tag();
    return Event.START;
  }

  private void declaration() throws IOException {
    if (peek() == '-') {
      take();
      expect('-');
      passUntil("-->");
    } else if (peek() == '[') {
      for (char c : "[CDATA[".toCharArray()) {
        expect(c);
      }
      characterData();
    } else {
      throw broken("it declares a document type");
    }
  }

  /** A section of characters is text; longer than the longest cell it is refused. */
  private void characterData() throws IOException {
    while (true) {
      text.appendCodePoint(character(take()));
      int length = text.length();
      if (length >= 3
          && text.charAt(length - 1) == '>'
          && text.charAt(length - 2) == ']'
          && text.charAt(length - 3) == ']') {
        text.setLength(length - 3);
        return;
      }
      if (length > MAX_TAG) {
        throw SheetTableBuilder.tooLarge("a section has more than " + MAX_TAG + " characters");
      }
    }
  }

  private void tag() throws IOException {
    attributeNames.clear();
    attributeValues.clear();
    name = localName();
    if (open.size() == MAX_DEPTH) {
      throw SheetTableBuilder.tooLarge("elements are more than " + MAX_DEPTH + " deep");
    }
    open.push(name);
    while (true) {
      blanks();
      int c = peek();
      if (c == '>') {
        take();
        return;
      }
      if (c == '/') {
        take();
        expect('>');
        endsAtOnce = true;
        return;
      }
      attribute();
    }
  }

  private void attribute() throws IOException {
    if (attributeNames.size() == MAX_ATTRIBUTES) {
      throw SheetTableBuilder.tooLarge("a tag has more than " + MAX_ATTRIBUTES + " attributes");
    }
    String attribute = localName();
    blanks();
    expect('=');
    blanks();
    int quote = take();
    if (quote != '"' && quote != '\'') {
      throw broken("an attribute without quotes");
    }
    token.setLength(0);
    while (peek() != quote) {
      if (peek() == '<') {
        throw broken("a tag begins within another");
      }
      token.appendCodePoint(peek() == '&' ? reference() : character(take()));
      countInTag();
    }
    take();
    attributeNames.add(attribute);
    attributeValues.add(token.toString());
  }

  /** The name behind its prefix. */
  private String localName() throws IOException {
    token.setLength(0);
    while (isName(peek())) {
      int c = take();
      if (c == ':') {
        token.setLength(0);
      } else {
        token.append((char) c);
      }
      if (token.length() > MAX_NAME) {
        throw SheetTableBuilder.tooLarge("a name has more than " + MAX_NAME + " characters");
      }
      countInTag();
    }
    if (token.length() == 0) {
      throw broken("a tag or an attribute without a name");
    }
    return token.toString();
  }

  private static boolean isName(int c) {
    return c > ' ' && c != '=' && c != '>' && c != '/' && c != '<' && c != '"' && c != '\''
        && c != '&';
  }

  private void blanks() throws IOException {
    while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
      take();
      countInTag();
    }
  }

  private void countInTag() {
    if (++tagLength > MAX_TAG) {
      throw SheetTableBuilder.tooLarge("a tag has more than " + MAX_TAG + " characters");
    }
  }

  private int reference() throws IOException {
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
        return character(Integer.parseInt(reference.substring(2), 16));
      }
      if (reference.startsWith("#")) {
        return character(Integer.parseInt(reference.substring(1)));
      }
    } catch (NumberFormatException e) {
      // no more a character than an entity is
    }
    throw broken("it uses an entity that XML does not have");
  }

  /** Surrogates come in pairs when they come from the text itself. */
  private static int character(int c) {
    if (c <= 0 || !Character.isValidCodePoint(c)) {
      throw broken("it holds a character that XML does not have");
    }
    return c;
  }

  private void passUntil(String end) throws IOException {
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

  private void expect(char wanted) throws IOException {
    if (take() != wanted) {
      throw broken("it is not well-formed");
    }
  }

  private int peek() throws IOException {
    if (peeked == -2) {
      peeked = read();
    }
    return peeked;
  }

  private int take() throws IOException {
    int c = peek();
    if (c < 0) {
      throw broken("it is cut off");
    }
    peeked = -2;
    return c;
  }

  private int read() throws IOException {
    if (position == filled) {
      SheetException.ifInterrupted();
      position = 0;
      filled = Math.max(0, in.read(buffer));
      if (filled == 0) {
        return -1;
      }
    }
    return buffer[position++];
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
      default -> throw broken("its encoding is not one that spreadsheets use");
    };
  }

  private static SheetException broken(String how) {
    return ZipParts.broken(how);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
