package dev.millrace.sheet;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads XML as a stream of events, in constant memory for any input: depth, attributes and the
 * length of each token are limited before they are stored, and document types are refused. Names
 * are local names without their prefix, so that both dialects of Open XML are read alike. Not
 * thread-safe.
 */
final class XmlScanner implements AutoCloseable {
  /** What {@link #next} has read. */
  enum Event {
    /** A tag opens. An empty tag is a START and an END. */
    START,
    /** A tag ends. */
    END,
    /** Text; longer text comes as several events. */
    TEXT,
    /** The end of the document. */
    OVER
  }

  private static final int MAX_DEPTH = 100;
  private static final int MAX_ATTRIBUTES = 200;
  private static final int MAX_NAME = 500;
  private static final int MAX_TAG = 200_000;
  private static final int TEXT_PIECE = 8_192;

  private final XmlCharacters in;
  private final Deque<String> open = new ArrayDeque<>();
  private final List<String> attributeNames = new ArrayList<>();
  private final List<String> attributeValues = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder token = new StringBuilder();
  private String name = "";
  private boolean isEmpty;
  private int tagLength;

  XmlScanner(InputStream part) throws IOException {
    in = new XmlCharacters(part);
  }

  Event next() throws IOException {
    if (isEmpty) {
      isEmpty = false;
      name = open.pop();
      return Event.END;
    }
    text.setLength(0);
    while (true) {
      int c = in.peek();
      if (c < 0) {
        if (!open.isEmpty()) {
          throw XmlCharacters.broken("it ends inside an element");
        }
        return text.length() > 0 ? Event.TEXT : Event.OVER;
      }
      if (c == '<') {
        if (text.length() > 0) {
          return Event.TEXT;
        }
        in.take();
        Event event = markup();
        if (event != null) {
          return event;
        }
      } else {
        if (c == '&') {
          text.appendCodePoint(in.reference());
        } else if (in.takeText(text, 0, Math.max(1, TEXT_PIECE - text.length())) == 0) {
          text.append((char) XmlCharacters.valid(in.take()));
        }
        if (text.length() >= TEXT_PIECE
            && !Character.isHighSurrogate(text.charAt(text.length() - 1))) {
          return Event.TEXT;
        }
      }
    }
  }

  /** The name of the tag that has just opened or ended. */
  String name() {
    return name;
  }

  /** How many elements are open, including the one that has just opened. */
  int depth() {
    return open.size();
  }

  /** An attribute of the tag that has just opened; null: it has none of this name. */
  @Nullable String attribute(String localName) {
    int i = attributeNames.indexOf(localName);
    return i < 0 ? null : attributeValues.get(i);
  }

  String attribute(String localName, String fallback) {
    String value = attribute(localName);
    return value == null ? fallback : value;
  }

  /** The text of the last event. */
  StringBuilder text() {
    return text;
  }

  /** Skips the rest of the element that has just opened. */
  void skip() throws IOException {
    int outside = open.size() - 1;
    while (open.size() > outside) {
      next();
    }
  }

  /** Reads the element that has just opened to its end; returns its text without its children's. */
  String textOf(int limit) throws IOException {
    StringBuilder all = new StringBuilder();
    while (true) {
      switch (next()) {
        case START -> skip();
        case TEXT -> {
          if (all.length() + text.length() > limit) {
            throw SheetException.tooLarge("a text has more than " + limit + " characters");
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
    int c = in.peek();
    if (c == '?') {
      in.skipUntil("?>");
      return null;
    }
    if (c == '!') {
      in.take();
      declaration();
      return text.length() > 0 ? Event.TEXT : null;
    }
    tagLength = 0;
    if (c == '/') {
      in.take();
      String ended = localName();
      blanks();
      in.expect('>');
      if (open.isEmpty() || !open.peek().equals(ended)) {
        throw XmlCharacters.broken("an end tag has no start tag");
      }
      name = open.pop();
      return Event.END;
    }
    tag();
    return Event.START;
  }

  private void declaration() throws IOException {
    if (in.peek() == '-') {
      in.take();
      in.expect('-');
      in.skipUntil("-->");
    } else if (in.peek() == '[') {
      for (char c : "[CDATA[".toCharArray()) {
        in.expect(c);
      }
      characterData();
    } else {
      throw XmlCharacters.broken("it declares a document type");
    }
  }

  /** A CDATA section is text; one longer than {@link #MAX_TAG} is refused. */
  private void characterData() throws IOException {
    while (true) {
      text.appendCodePoint(XmlCharacters.valid(in.take()));
      int length = text.length();
      if (length >= 3
          && text.charAt(length - 1) == '>'
          && text.charAt(length - 2) == ']'
          && text.charAt(length - 3) == ']') {
        text.setLength(length - 3);
        return;
      }
      if (length > MAX_TAG) {
        throw SheetException.tooLarge("a CDATA section has more than " + MAX_TAG + " characters");
      }
    }
  }

  private void tag() throws IOException {
    attributeNames.clear();
    attributeValues.clear();
    name = localName();
    if (open.size() == MAX_DEPTH) {
      throw SheetException.tooLarge("elements are nested more than " + MAX_DEPTH + " deep");
    }
    open.push(name);
    while (true) {
      blanks();
      int c = in.peek();
      if (c == '>') {
        in.take();
        return;
      }
      if (c == '/') {
        in.take();
        in.expect('>');
        isEmpty = true;
        return;
      }
      attribute();
    }
  }

  private void attribute() throws IOException {
    if (attributeNames.size() == MAX_ATTRIBUTES) {
      throw SheetException.tooLarge("a tag has more than " + MAX_ATTRIBUTES + " attributes");
    }
    String attribute = localName();
    blanks();
    in.expect('=');
    blanks();
    int quote = in.take();
    if (quote != '"' && quote != '\'') {
      throw XmlCharacters.broken("an attribute value has no quotes");
    }
    token.setLength(0);
    while (true) {
      countInTag(in.takeText(token, quote, MAX_TAG));
      if (in.peek() == quote) {
        break;
      }
      if (in.peek() == '<') {
        throw XmlCharacters.broken("an attribute value contains '<'");
      }
      token.appendCodePoint(in.peek() == '&' ? in.reference() : XmlCharacters.valid(in.take()));
      countInTag(1);
    }
    in.take();
    attributeNames.add(attribute);
    attributeValues.add(token.toString());
  }

  /** Reads a name and drops its prefix. */
  private String localName() throws IOException {
    String known = in.takeName(MAX_NAME);
    if (known != null) {
      countInTag(known.length());
      return known;
    }
    token.setLength(0);
    while (XmlCharacters.isName(in.peek())) {
      int c = in.take();
      if (c == ':') {
        token.setLength(0);
      } else {
        token.append((char) c);
      }
      if (token.length() > MAX_NAME) {
        throw SheetException.tooLarge("a name has more than " + MAX_NAME + " characters");
      }
      countInTag(1);
    }
    if (token.length() == 0) {
      throw XmlCharacters.broken("a tag or an attribute has no name");
    }
    return token.toString();
  }

  private void blanks() throws IOException {
    while (in.peek() == ' ' || in.peek() == '\n' || in.peek() == '\r' || in.peek() == '\t') {
      in.take();
      countInTag(1);
    }
  }

  private void countInTag(int characters) {
    tagLength += characters;
    if (tagLength > MAX_TAG) {
      throw SheetException.tooLarge("a tag has more than " + MAX_TAG + " characters");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
