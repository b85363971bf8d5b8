package dev.millrace.sheet;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * The parts of a zip archive in memory, by their names, case ignored. The number and the sizes of
 * the parts are limited by the directory before anything is unpacked, and again while a part is
 * unpacked, because the directory may be wrong.
 */
final class ZipParts {
  private static final int MAX_PARTS = 1_000;
  private static final int MAX_UNPACKED_TO_LIMIT = 5;
  private static final int MAX_RATIO = 100;

  /** Up to this size a high ratio is harmless, and usual. */
  private static final long RATIO_COUNTS_FROM = 1_000_000;

  private static final int DIRECTORY_END = 0x06054b50;
  private static final int DIRECTORY_END_SIZE = 22;
  private static final int DIRECTORY_ENTRY = 0x02014b50;
  private static final int DIRECTORY_ENTRY_SIZE = 46;
  private static final int LOCAL_ENTRY = 0x04034b50;
  private static final int LOCAL_ENTRY_SIZE = 30;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int ENCRYPTED = 1;
  private static final long IN_EXTRA = 0xffff_ffffL;
  private static final int EXTRA_ZIP64 = 1;

  private final byte[] bytes;
  private final ByteBuffer data;
  private final long maxUnpacked;
  private final Map<String, Part> parts = new HashMap<>();
  private long unpacked;

  private record Part(int method, long packed, long unpacked, long header) {}

  ZipParts(byte[] bytes, SheetLimits limits) {
    this.bytes = bytes;
    this.data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.maxUnpacked = (long) limits.maxBytes() * MAX_UNPACKED_TO_LIMIT;
    try {
      readDirectory();
    } catch (IndexOutOfBoundsException e) {
      throw new SheetException(
          SheetErrorType.NOT_A_SHEET, "the XLSX file is broken: it ends too early", e);
    }
  }

  boolean has(String name) {
    return parts.containsKey(key(name));
  }

  /** Unpacks one part; all parts together have one limit. */
  InputStream open(String name) {
    Part part = parts.get(key(name));
    if (part == null) {
      throw broken("it has no part " + quote(name));
    }
    try {
      int header = Math.toIntExact(part.header);
      if (data.getInt(header) != LOCAL_ENTRY) {
        throw broken("a part is not at the offset that the directory gives");
      }
      int start = header + LOCAL_ENTRY_SIZE + u16(header + 26) + u16(header + 28);
      int packed = Math.toIntExact(part.packed);
      if (start > bytes.length - packed) {
        throw broken("a part ends too early");
      }
      InputStream in = new ByteArrayInputStream(bytes, start, packed);
      return new Counting(
          part.method == STORED ? in : new Inflating(in, new Inflater(true)), packed);
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new SheetException(
          SheetErrorType.NOT_A_SHEET, "the XLSX file is broken: a part ends too early", e);
    }
  }

  private void readDirectory() {
    int end = directoryEnd();
    long at = u32(end + 16);
    long saidUnpacked = 0;
    // as long as there are entries: the number in the end record is not used
    while (at + DIRECTORY_ENTRY_SIZE <= end && data.getInt((int) at) == DIRECTORY_ENTRY) {
      int entry = (int) at;
      int nameLength = u16(entry + 28);
      int extraLength = u16(entry + 30);
      String name =
          new String(bytes, entry + DIRECTORY_ENTRY_SIZE, nameLength, StandardCharsets.UTF_8);
      Part part = part(entry, entry + DIRECTORY_ENTRY_SIZE + nameLength, extraLength);
      if (parts.size() == MAX_PARTS) {
        throw bomb("more than " + MAX_PARTS + " parts");
      }
      if (parts.put(key(name), part) != null) {
        throw broken("two parts are called " + quote(name));
      }
      saidUnpacked += part.unpacked;
      check(saidUnpacked, part.unpacked, part.packed);
      at += DIRECTORY_ENTRY_SIZE + nameLength + extraLength + u16(entry + 32);
    }
  }

  private int directoryEnd() {
    int last = bytes.length - DIRECTORY_END_SIZE;
    for (int at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
      if (data.getInt(at) == DIRECTORY_END) {
        return at;
      }
    }
    throw broken("it has no directory");
  }

  private Part part(int entry, int extra, int extraLength) {
    int method = u16(entry + 10);
    if ((u16(entry + 8) & ENCRYPTED) != 0 || (method != STORED && method != DEFLATED)) {
      throw broken("a part is encrypted or compressed by a method that spreadsheets do not use");
    }
    long packed = u32(entry + 20);
    long unpackedSize = u32(entry + 24);
    long header = u32(entry + 42);
    if (packed == IN_EXTRA || unpackedSize == IN_EXTRA || header == IN_EXTRA) {
      int at = zip64(extra, extraLength);
      if (unpackedSize == IN_EXTRA) {
        unpackedSize = data.getLong(at);
        at += Long.BYTES;
      }
      if (packed == IN_EXTRA) {
        packed = data.getLong(at);
        at += Long.BYTES;
      }
      if (header == IN_EXTRA) {
        header = data.getLong(at);
      }
    }
    if (packed < 0 || packed > bytes.length || unpackedSize < 0 || header < 0) {
      throw broken("a part is larger than the file");
    }
    return new Part(method, packed, unpackedSize, header);
  }

  private int zip64(int extra, int length) {
    int at = extra;
    while (at + 4 <= extra + length) {
      if (u16(at) == EXTRA_ZIP64) {
        return at + 4;
      }
      at += 4 + u16(at + 2);
    }
    throw broken("the size of a part is missing");
  }

  private void check(long all, long part, long packed) {
    if (all > maxUnpacked || all < 0) {
      throw bomb("more than " + maxUnpacked + " bytes");
    }
    if (part > RATIO_COUNTS_FROM && part / MAX_RATIO > packed) {
      throw bomb("more than " + MAX_RATIO + " times its size");
    }
  }

  private int u16(int at) {
    return data.getShort(at) & 0xffff;
  }

  private long u32(int at) {
    return data.getInt(at) & 0xffff_ffffL;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static String quote(String name) {
    return '"' + (name.length() > 80 ? name.substring(0, 80) + "…" : name) + '"';
  }

  private static SheetException bomb(String size) {
    return SheetTableBuilder.tooLarge("the XLSX file unpacks to " + size);
  }

  static SheetException broken(String how) {
    return SheetContent.notASheet("the XLSX file is broken: " + how);
  }

  /** Frees the unpacker's native memory with the stream. */
  private static final class Inflating extends InflaterInputStream {
    Inflating(InputStream in, Inflater inflater) {
      super(in, inflater, 8_192);
    }

    @Override
    public void close() throws IOException {
      inf.end();
      super.close();
    }
  }

  /** Counts the unpacked bytes of a part and ends it at the limit. */
  private final class Counting extends FilterInputStream {
    private final long packed;
    private long unpackedHere;

    Counting(InputStream in, long packed) {
      super(in);
      this.packed = packed;
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      count(Math.max(read, 0));
      return read;
    }

    private void count(int more) {
      unpacked += more;
      unpackedHere += more;
      check(unpacked, unpackedHere, packed);
    }
  }
}
