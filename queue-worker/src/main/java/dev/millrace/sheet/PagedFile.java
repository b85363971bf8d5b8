package dev.millrace.sheet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in a temporary file that are written once, in order, and then read at any place, with the
 * last used pages in memory. Not thread-safe.
 */
final class PagedFile implements AutoCloseable {
  private static final int PAGE = 8_192;

  private final FileChannel file;
  private final @Nullable Page[] pages;
  private final ByteBuffer unwritten = ByteBuffer.allocate(PAGE);
  private long size;

  /** A page that was read; the last one of the file is not full. */
  private static final class Page {
    private final byte[] bytes = new byte[PAGE];
    private long number = -1;
    private int length;
  }

  /**
   * @param pages how many pages may be in memory
   */
  PagedFile(FileChannel file, int pages) {
    this.file = file;
    this.pages = new Page[pages];
  }

  long size() {
    return size;
  }

  void write(byte[] bytes) throws IOException {
    int from = 0;
    while (from < bytes.length) {
      int length = Math.min(bytes.length - from, unwritten.remaining());
      unwritten.put(bytes, from, length);
      from += length;
      if (!unwritten.hasRemaining()) {
        flush();
      }
    }
    size += bytes.length;
  }

  /** Ends the writing. */
  void flush() throws IOException {
    unwritten.flip();
    while (unwritten.hasRemaining()) {
      file.write(unwritten);
    }
    unwritten.clear();
  }

  byte[] read(long position, int length) throws IOException {
    byte[] bytes = new byte[length];
    int filled = 0;
    while (filled < length) {
      long at = position + filled;
      Page page = page(at / PAGE);
      int from = (int) (at % PAGE);
      int piece = Math.min(length - filled, page.length - from);
      if (piece <= 0) {
        throw new IllegalStateException(
            "%d bytes at %d are not within the %d that were written"
                .formatted(length, position, size));
      }
      System.arraycopy(page.bytes, from, bytes, filled, piece);
      filled += piece;
    }
    return bytes;
  }

  private Page page(long number) throws IOException {
    int slot = (int) (number % pages.length);
    Page page = pages[slot];
    if (page == null) {
      page = new Page();
      pages[slot] = page;
    }
    if (page.number != number) {
      page.number = -1; // until it is read as a whole
      page.length = read(number * PAGE, page.bytes);
      page.number = number;
    }
    return page;
  }

  private int read(long position, byte[] into) throws IOException {
    int filled = 0;
    try {
      while (filled < into.length) {
        ByteBuffer rest = ByteBuffer.wrap(into, filled, into.length - filled);
        int read = file.read(rest, position + filled);
        if (read < 0) {
          break;
        }
        filled += read;
      }
      return filled;
    } catch (ClosedChannelException e) {
      SheetException.ifInterrupted();
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw SpoolFile.cannotStore(e);
    }
  }
}
