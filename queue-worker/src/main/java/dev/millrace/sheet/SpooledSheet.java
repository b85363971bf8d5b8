package dev.millrace.sheet;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A sheet whose bytes are in a spool file. Its heap does not grow with it. Not thread-safe. */
final class SpooledSheet implements Sheet {
  private final SheetVersion version;
  private final SheetContent content;
  private final SheetLimits limits;
  private @Nullable SheetFormat format;

  SpooledSheet(SheetVersion version, SheetContent content, SheetLimits limits) {
    this.version = version;
    this.content = content;
    this.limits = limits;
  }

  @Override
  public SheetVersion version() {
    return version;
  }

  @Override
  public String tab() {
    return format == null ? "" : format.tab();
  }

  @Override
  public void read(SheetView view, RowReader reader) {
    try {
      SheetFormat known = format;
      if (known == null) {
        known = content.format(limits);
        format = known;
      }
      known.read(view, new LimitedRows(limits, reader));
    } catch (IOException e) {
      SheetException.ifInterrupted();
      throw new SheetException(
          SheetErrorType.NOT_A_SHEET, "the file is broken: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    SpoolFile spool = content.spool();
    try (spool) {
      if (format != null) {
        format.close();
      }
    }
  }
}
