package dev.millrace.sync.job;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Rows in the text format of COPY, in memory. For one thread. */
final class CopyText {
  private static final int AT_FIRST = 1 << 16;

  private byte[] bytes = new byte[AT_FIRST];
  private int length;
  private boolean firstField = true;

  /** Adds a field of the current row. */
  CopyText field(@Nullable Object value) {
    if (!firstField) {
      put('\t');
    }
    firstField = false;
    if (value == null) {
      put('\\');
      put('N');
    } else {
      text(value.toString());
    }
    return this;
  }

  void endRow() {
    put('\n');
    firstField = true;
  }

  private void text(String text) {
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      switch (each) {
        case '\\', '\t', '\n', '\r' -> {
          put('\\');
          put(
              switch (each) {
                case '\t' -> 't';
                case '\n' -> 'n';
                case '\r' -> 'r';
                default -> '\\';
              });
        }
        default -> put(each);
      }
    }
  }

  private void put(int value) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, length * 2);
    }
    bytes[length++] = (byte) value;
  }

  /** The rows are the first {@link #length} of them. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  void clear() {
    length = 0;
  }
}
