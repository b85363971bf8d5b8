package dev.millrace.sheet;

import java.io.BufferedInputStream;
import java.io.EOFException;
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
 * The parts of a zip archive, by their names, case ignored. The number and the sizes of the parts
 * are limited by the directory before anything is unpacked, and a part ends where it is longer than
 * the directory says.
 */
final class ZipParts {
  private static final int MAX_PARTS = 1_000;
  private static final int LONGEST_NAME = 1_000;
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
  private static final int BUFFER = 32_768;

  private final SpoolFile file;
  private final long maxUnpacked;
  private final Map<String, Part> parts = new HashMap<>();

  private record Part(int method, long packed, long unpacked, long header) {}

  ZipParts(SpoolFile file, SheetLimits limits) throws IOException {
    this.file = file;
    this.maxUnpacked = limits.maxUnpacked();
    try {
      readDirectory();
    } catch (EOFException e) {
      throw endsEarly(e);
    }
  }

  boolean has(String name) {
    return parts.containsKey(key(name));
  }

  /** Unpacks one part. */
  InputStream open(String name) throws IOException {
    Part part = parts.get(key(name));
    if (part == null) {
      throw broken("it has no part " + quote(name));
    }
    Bytes header;
    try (InputStream in = file.open(Math.min(part.header, file.size()), file.size())) {
      header = Bytes.read(in, LOCAL_ENTRY_SIZE);
    } catch (EOFException e) {
      throw endsEarly(e);
    }
    if (header.u32(0) != LOCAL_ENTRY) {
      throw broken("a part is not at the offset that the directory gives");
    }
    long start = part.header + LOCAL_ENTRY_SIZE + header.u16(26) + header.u16(28);
    if (start > file.size() - part.packed) {
      throw broken("a part ends too early");
    }
    InputStream in = file.open(start, start + part.packed);
    return new Bounded(
        part.method == STORED ? in : new Inflating(in, new Inflater(true)), part.unpacked);
  }

  private void readDirectory() throws IOException {
    long tailStart = Math.max(0, file.size() - DIRECTORY_END_SIZE - LONGEST_COMMENT);
    Bytes tail = Bytes.read(file.open(tailStart, file.size()), (int) (file.size() - tailStart));
    int endInTail = directoryEnd(tail);
    long end = tailStart + endInTail;
    long start = Math.min(tail.u32(endInTail + 16), end);
    long saidUnpacked = 0;
    try (InputStream in = new BufferedInputStream(file.open(start, end), BUFFER)) {
      long left = end - start;
      // as long as there are entries: the number in the end record is not used
      while (left >= DIRECTORY_ENTRY_SIZE) {
        Bytes entry = Bytes.read(in, DIRECTORY_ENTRY_SIZE);
        if (entry.u32(0) != DIRECTORY_ENTRY) {
          break;
        }
        int nameLength = entry.u16(28);
        if (nameLength > LONGEST_NAME) {
          throw broken("a part has a name of more than " + LONGEST_NAME + " bytes");
        }
        String name = new String(Bytes.read(in, nameLength).all, StandardCharsets.UTF_8);
        Bytes extra = Bytes.read(in, entry.u16(30));
        in.skipNBytes(entry.u16(32));
        Part part = part(entry, extra);
        if (parts.size() == MAX_PARTS) {
          throw bomb("more than " + MAX_PARTS + " parts");
        }
        if (parts.put(key(name), part) != null) {
          throw broken("two parts are called " + quote(name));
        }
        saidUnpacked += part.unpacked;
        check(saidUnpacked, part.unpacked, part.packed);
        left -= DIRECTORY_ENTRY_SIZE + nameLength + entry.u16(30) + entry.u16(32);
      }
    }
  }

  private static int directoryEnd(Bytes tail) {
    for (int at = tail.all.length - DIRECTORY_END_SIZE; at >= 0; at--) {
      if (tail.u32(at) == DIRECTORY_END) {
        return at;
      }
    }
    throw broken("it has no directory");
  }

  private Part part(Bytes entry, Bytes extra) {
    int method = entry.u16(10);
    if ((entry.u16(8) & ENCRYPTED) != 0 || (method != STORED && method != DEFLATED)) {
      throw broken("a part is encrypted or compressed by a method that spreadsheets do not use");
    }
    long packed = entry.u32(20);
    long unpackedSize = entry.u32(24);
    long header = entry.u32(42);
    if (packed == IN_EXTRA || unpackedSize == IN_EXTRA || header == IN_EXTRA) {
      int at = zip64(extra);
      if (unpackedSize == IN_EXTRA) {
        unpackedSize = extra.i64(at);
        at += Long.BYTES;
      }
      if (packed == IN_EXTRA) {
        packed = extra.i64(at);
        at += Long.BYTES;
      }
      if (header == IN_EXTRA) {
        header = extra.i64(at);
      }
    }
    if (packed < 0 || packed > file.size() || unpackedSize < 0 || header < 0) {
      throw broken("a part is larger than the file");
    }
    return new Part(method, packed, unpackedSize, header);
  }

  private static int zip64(Bytes extra) {
    int at = 0;
    while (at + 4 <= extra.all.length) {
      if (extra.u16(at) == EXTRA_ZIP64) {
        return at + 4;
      }
      at += 4 + extra.u16(at + 2);
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

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static String quote(String name) {
    return '"' + (name.length() > 80 ? name.substring(0, 80) + "…" : name) + '"';
  }

  private static SheetException bomb(String size) {
    return SheetException.tooLarge("the XLSX file unpacks to " + size);
  }

  static SheetException broken(String how) {
    return SheetException.notASheet("the XLSX file is broken: " + how);
  }

  private static SheetException endsEarly(EOFException e) {
    return new SheetException(
        SheetErrorType.NOT_A_SHEET, "the XLSX file is broken: it ends too early", e);
  }

  /** Some bytes of the archive, with the numbers in them. */
  private static final class Bytes {
    private final byte[] all;
    private final ByteBuffer data;

    private Bytes(byte[] all) {
      this.all = all;
      this.data = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    }

    static Bytes read(InputStream in, int length) throws IOException {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new EOFException("%d of %d bytes".formatted(bytes.length, length));
      }
      return new Bytes(bytes);
    }

    int u16(int at) {
      return data.getShort(at) & 0xffff;
    }

    long u32(int at) {
      return data.getInt(at) & 0xffff_ffffL;
    }

    long i64(int at) {
      if (!inside(at, Long.BYTES)) {
        throw broken("the size of a part is missing");
      }
      return data.getLong(at);
    }

    private boolean inside(int at, int size) {
      return at + size <= all.length;
    }
  }

  /** Frees the unpacker's native memory with the stream. */
  private static final class Inflating extends InflaterInputStream {
    Inflating(InputStream in, Inflater inflater) {
      super(in, inflater, BUFFER);
    }

    @Override
    public void close() throws IOException {
      inf.end();
      super.close();
    }
  }

  /** Ends a part that is longer than the directory says. */
  private static final class Bounded extends FilterInputStream {
    private long left;

    Bounded(InputStream in, long size) {
      super(in);
      this.left = size;
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
      left -= more;
      if (left < 0) {
        throw bomb("more than its directory says");
      }
    }
  }
}
