package dev.millrace.sheet;

import java.time.Duration;

/**
 * The limits beyond which a sheet is refused as {@link SheetErrorType#TOO_LARGE}.
 *
 * @param maxBytes of the file as stored or sent, after HTTP content decoding
 * @param maxRows rows that are not blank
 * @param maxColumns columns up to the last one that is not blank
 * @param connectTime for one TCP and TLS connection
 * @param readTime for the longest silence; a whole read, including redirects, takes at most {@code
 *     connectTime + readTime}
 */
public record SheetLimits(
    int maxBytes, int maxRows, int maxColumns, Duration connectTime, Duration readTime) {
  /** 200 MB, the 1,048,576 rows of a spreadsheet, 500 columns, 10 s and 30 s. */
  public static final SheetLimits DEFAULT =
      new SheetLimits(200_000_000, 1_048_576, 500, Duration.ofSeconds(10), Duration.ofSeconds(30));

  /** The limit of cells of a sheet, including blank ones between others. */
  public static final int MAX_CELLS = 50_000_000;

  /** The limit of characters in one row of a workbook. */
  static final int MAX_ROW_CHARACTERS = 1_000_000;

  private static final int UNPACKED_TO_BYTES = 5;

  public SheetLimits {
    if (maxBytes < 1 || maxRows < 1 || maxColumns < 1) {
      throw new IllegalArgumentException(
          "limits must be >= 1, were %d bytes, %d rows, %d columns"
              .formatted(maxBytes, maxRows, maxColumns));
    }
    if (connectTime.toMillis() < 1 || readTime.toMillis() < 1) {
      throw new IllegalArgumentException(
          "times must be >= 1 ms, were " + connectTime + " and " + readTime);
    }
  }

  /** The limit of all parts of a workbook together, unpacked. */
  long maxUnpacked() {
    return (long) maxBytes * UNPACKED_TO_BYTES;
  }

  /** The limit of time for a whole answer. */
  public Duration wholeTime() {
    return connectTime.plus(readTime);
  }
}
