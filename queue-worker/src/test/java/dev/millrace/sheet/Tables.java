package dev.millrace.sheet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reads the bytes of a sheet through a spool file, as the sources do, and keeps its rows. */
final class Tables {
  private Tables() {}

  static SheetTable csv(String text) {
    return csv(text, SheetLimits.DEFAULT);
  }

  static SheetTable csv(String text, SheetLimits limits) {
    return read(text.getBytes(StandardCharsets.UTF_8), "", "x.csv", limits);
  }

  static SheetTable csv(byte[] bytes, String contentType) {
    return read(bytes, contentType, "x.csv", SheetLimits.DEFAULT);
  }

  static SheetTable xlsx(byte[] bytes) {
    return xlsx(bytes, SheetLimits.DEFAULT);
  }

  static SheetTable xlsx(byte[] bytes, SheetLimits limits) {
    return read(bytes, "", "x.xlsx", limits);
  }

  private static SheetTable read(
      byte[] bytes, String contentType, String path, SheetLimits limits) {
    try (Sheet sheet = open(bytes, contentType, path, limits)) {
      return SheetTable.of(sheet, SheetView.DEFAULT);
    }
  }

  static Sheet open(byte[] bytes, String contentType, String path, SheetLimits limits) {
    try {
      SpoolFile spool =
          SpoolFile.receive(new ByteArrayInputStream(bytes), bytes.length, "the sheet");
      return new SheetContent(spool, contentType, path)
          .open(new SheetVersion(spool.sha256(), null, null), limits);
    } catch (IOException e) {
      throw new AssertionError("bytes in memory can be read", e);
    }
  }
}
