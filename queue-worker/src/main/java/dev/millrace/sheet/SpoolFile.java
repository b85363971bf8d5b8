package dev.millrace.sheet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The bytes of a fetched sheet, in a temporary file that only this process can open. The file loses
 * its name as soon as it is open, so that it takes no disk after the process, however that ends.
 * Thread-safe; any number of streams can read at once. An interrupt of a thread that reads closes
 * the file.
 */
public final class SpoolFile implements AutoCloseable {
  private static final int BUFFER = 65_536;

  private final FileChannel file;
  private final long size;
  private final String sha256;

  private SpoolFile(FileChannel file, long size, String sha256) {
    this.file = file;
    this.size = size;
    this.sha256 = sha256;
  }

  /**
   * Stores a whole stream.
   *
   * @param maxBytes the most that is stored
   * @param what the subject of the error if there are more, such as {@code the sheet}
   * @throws SheetException of type {@link SheetErrorType#TOO_LARGE} at the first byte above it, and
   *     of type {@link SheetErrorType#UNREACHABLE} if this machine cannot store the bytes
   * @throws IOException if the stream cannot be read
   */
  public static SpoolFile receive(InputStream in, long maxBytes, String what) throws IOException {
    return receive(in, maxBytes, what, Path.of(System.getProperty("java.io.tmpdir")));
  }

  static SpoolFile receive(InputStream in, long maxBytes, String what, Path directory)
      throws IOException {
    FileChannel file = create(directory);
    try {
      MessageDigest digest = newDigest();
      OutputStream out = new DigestOutputStream(Channels.newOutputStream(file), digest);
      long size = copy(in, out, maxBytes, what);
      return new SpoolFile(file, size, HexFormat.of().formatHex(digest.digest()));
    } catch (IOException | RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /** A new temporary file that has lost its name, for what is stored beside a sheet. */
  static FileChannel create() {
    return create(Path.of(System.getProperty("java.io.tmpdir")));
  }

  private static FileChannel create(Path directory) {
    try {
      Path path = Files.createTempFile(directory, "millrace-sheet-", ".spool");
      return FileChannel.open(
          path,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          StandardOpenOption.DELETE_ON_CLOSE,
          LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw cannotStore(e);
    }
  }

  private static long copy(InputStream in, OutputStream out, long maxBytes, String what)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    long size = 0;
    while (true) {
      SheetException.ifInterrupted();
      int read = in.read(buffer);
      if (read < 0) {
        return size;
      }
      size += read;
      if (size > maxBytes) {
        throw new SheetException(
            SheetErrorType.TOO_LARGE, what + " has more than " + maxBytes + " bytes");
      }
      try {
        out.write(buffer, 0, read);
      } catch (IOException e) {
        SheetException.ifInterrupted();
        throw cannotStore(e);
      }
    }
  }

  static SheetException cannotStore(IOException e) {
    return new SheetException(
        SheetErrorType.UNREACHABLE,
        "this machine cannot store the sheet in its temporary directory: " + e.getMessage(),
        e);
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** The number of bytes. */
  public long size() {
    return size;
  }

  /** The digest of all bytes, in hexadecimal. */
  public String sha256() {
    return sha256;
  }

  /**
   * Reads bytes at a position.
   *
   * @return how many were read, at least one; -1 at the end
   * @throws SheetException of type {@link SheetErrorType#UNREACHABLE} if the thread is interrupted
   */
  public int read(long position, byte[] into, int from, int length) throws IOException {
    try {
      return file.read(ByteBuffer.wrap(into, from, length), position);
    } catch (ClosedChannelException e) {
      SheetException.ifInterrupted();
      throw e;
    }
  }

  /** A stream of all bytes, without a buffer. */
  public InputStream open() {
    return open(0, size);
  }

  /**
   * A stream of the bytes between two positions, without a buffer.
   *
   * @param end behind the last byte
   */
  public InputStream open(long start, long end) {
    if (start < 0 || start > end || end > size) {
      throw new IllegalArgumentException(
          "a range must be within 0 to %d bytes, was %d to %d".formatted(size, start, end));
    }
    return new Range(start, end);
  }

  /** Frees the disk. */
  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw cannotStore(e);
    }
  }

  private final class Range extends InputStream {
    private final long end;
    private long position;

    Range(long start, long end) {
      this.position = start;
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (position >= end) {
        return -1;
      }
      int read = SpoolFile.this.read(position, into, from, (int) Math.min(length, end - position));
      position += Math.max(0, read);
      return read;
    }

    @Override
    public long skip(long bytes) {
      long skipped = Math.max(0, Math.min(bytes, end - position));
      position += skipped;
      return skipped;
    }

    @Override
    public int available() {
      return (int) Math.min(Integer.MAX_VALUE, end - position);
    }
  }
}
