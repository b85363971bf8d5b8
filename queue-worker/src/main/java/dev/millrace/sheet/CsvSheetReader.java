package dev.millrace.sheet;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CSV in the dialects of all usual programs: see {@link CsvText}, {@link CsvSeparator} and {@link
 * CsvLines}. A wrong quote makes its row bad. If many rows have one, or if a cell contains lines
 * that look like rows, the sheet is refused, because the other rows are in doubt.
 */
final class CsvSheetReader {
  // Excel's hint, a first line that is no row
  private static final Pattern SEPARATOR_LINE = Pattern.compile("sep=([,;|\t])(?:\r\n|\r|\n)");
  private static final int HINT = 7;
  private static final int MOST_FAULTS = 50;

  /** One of this number of rows may have a fault. */
  private static final int FAULTS_TO_ROWS = 2;

  private CsvSheetReader() {}

  static SheetTable read(String text, SheetLimits limits) {
    try (SheetMemory memory = SheetMemory.open()) {
      return read(CsvText.of(text), memory, limits);
    }
  }

  static SheetTable read(CsvText text, SheetMemory memory, SheetLimits limits) {
    try (Reader in = text.open()) {
      Matcher hint = SEPARATOR_LINE.matcher(start(text));
      if (!hint.lookingAt()) {
        return parse(text, in, CsvSeparator.detect(text), memory, limits);
      }
      in.skip(hint.end());
      return parse(text, in, hint.group(1).charAt(0), memory, limits);
    } catch (IOException e) {
      throw new UncheckedIOException("reading bytes in memory", e);
    }
  }

  private static String start(CsvText text) throws IOException {
    try (Reader in = text.open()) {
      char[] start = new char[HINT];
      int read = Math.max(0, in.read(start));
      return new String(start, 0, read);
    }
  }

  private static SheetTable parse(
      CsvText text, Reader in, char separator, SheetMemory memory, SheetLimits limits)
      throws IOException {
    int columns = CsvSeparator.score(text, separator).columns();
    SheetTableBuilder table = new SheetTableBuilder(limits, memory);
    CsvLines lines = new CsvLines(in, separator);
    int number = 0;
    int faults = 0;
    while (true) {
      CsvLines.Fields fields = lines.next();
      if (fields == null) {
        break;
      }
      number++;
      if (swallowsRows(fields, separator, columns)) {
        throw doubt("row " + number + " may contain the rows after it");
      }
      if (fields.fault() != null && ++faults > MOST_FAULTS) {
        throw doubt("more than " + MOST_FAULTS + " rows have a wrong one");
      }
      table.add(number, fields.texts(), fields.fault());
    }
    if (faults > 0 && faults * FAULTS_TO_ROWS > number) {
      throw doubt(faults + " of " + number + " rows have a wrong one");
    }
    return table.build();
  }

  /** Whether the lines inside a quoted cell have as many cells as the rows. */
  private static boolean swallowsRows(CsvLines.Fields fields, char separator, int columns) {
    return columns > 1
        && fields.inner().stream()
            .anyMatch(line -> line.chars().filter(c -> c == separator).count() == columns - 1);
  }

  private static SheetException doubt(String how) {
    return new SheetException(
        SheetErrorType.NOT_A_SHEET,
        "the CSV cannot be split into rows, because of its quotes: " + how);
  }
}
