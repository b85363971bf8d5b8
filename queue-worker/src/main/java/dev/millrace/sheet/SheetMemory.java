package dev.millrace.sheet;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that the sheets of a process may use at one time, reserved before it is allocated: 3/8
 * of the heap. 2/3 of that are for one large sheet, so that the smallest process can read any sheet
 * within the limits; the others, up to 1/12 each, share the rest. A sheet that gets no memory is
 * read later: {@link SheetBusyException}. Not thread-safe; the pool is.
 */
final class SheetMemory implements AutoCloseable {
  private static final long MOST_FOR_ONE = 256_000_000;

  /**
   * The headers of a record, a string and its array, and the reference from the row, rounded up.
   */
  private static final int CELL = 88;

  private static final int ROW = 104;
  private static final int REFERENCE = 8;

  private static final Pool PROCESS = new Pool(Runtime.getRuntime().maxMemory());

  private final Pool pool;
  private long taken;
  private boolean large;

  private SheetMemory(Pool pool) {
    this.pool = pool;
  }

  /** For one sheet; to be closed when the sheet is garbage. */
  static SheetMemory open() {
    return new SheetMemory(PROCESS);
  }

  /** The memory that all sheets of a process share. */
  static final class Pool {
    private final long forLarge;
    private final long forSmall;
    private final AtomicBoolean largeTaken = new AtomicBoolean();
    private final AtomicLong smallTaken = new AtomicLong();

    Pool(long heap) {
      long all = heap / 8 * 3;
      forLarge = Math.min(MOST_FOR_ONE, all / 3 * 2);
      forSmall = all / 3;
    }

    SheetMemory share() {
      return new SheetMemory(this);
    }
  }

  /** Reserves memory for the text of a cell. */
  void takeText(int characters) {
    take(CELL + 2L * characters);
  }

  void takeCell(SheetCell cell) {
    takeText(cell.text().length());
  }

  void takeRow(int cells) {
    take(ROW + (long) REFERENCE * cells);
  }

  /**
   * Reserves memory, in bytes.
   *
   * @throws SheetBusyException when other sheets use the memory
   * @throws SheetException of type {@link SheetErrorType#TOO_LARGE} when a process with this heap
   *     never has that much for a sheet
   */
  void take(long bytes) {
    if (!large && taken + bytes > pool.forSmall / 4) {
      growLarge();
    }
    if (large) {
      if (taken + bytes > pool.forLarge) {
        throw SheetTableBuilder.tooLarge(
            "the sheet needs more than "
                + pool.forLarge / 1_000_000
                + " MB of memory, the limit of this process for one sheet");
      }
    } else if (pool.smallTaken.addAndGet(bytes) > pool.forSmall) {
      pool.smallTaken.addAndGet(-bytes);
      throw new SheetBusyException();
    }
    taken += bytes;
  }

  private void growLarge() {
    if (!pool.largeTaken.compareAndSet(false, true)) {
      throw new SheetBusyException();
    }
    pool.smallTaken.addAndGet(-taken);
    large = true;
  }

  @Override
  public void close() {
    if (large) {
      pool.largeTaken.set(false);
    } else {
      pool.smallTaken.addAndGet(-taken);
    }
    taken = 0;
    large = false;
  }
}
