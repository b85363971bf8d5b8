package dev.millrace.sheet.google;

import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * The body of an answer, with a limit of its whole time; the limit of the socket is that of a
 * silence. Closing it ends the request: to close the body alone would read the rest of it.
 */
final class TimedStream extends FilterInputStream {
  private final Duration time;
  private final long deadline;
  private final Runnable end;

  TimedStream(InputStream in, Duration time, Runnable end) {
    super(in);
    this.time = time;
    this.end = end;
    this.deadline = System.nanoTime() + time.toNanos();
  }

  @Override
  public int read() throws IOException {
    check();
    return super.read();
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    check();
    return super.read(into, from, length);
  }

  @Override
  public void close() {
    end.run();
  }

  private void check() {
    if (System.nanoTime() - deadline > 0) {
      throw new SheetException(
          SheetErrorType.UNREACHABLE,
          "Google's answer was not complete within " + time.toMillis() + " ms");
    }
  }
}
