package dev.millrace.sheet;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CSV in the dialects of all usual programs: see {@link CsvText}, {@link CsvSeparator} and {@link
 * CsvLines}. A wrong quote makes its row bad. If many rows have one, or if a cell contains lines
 * that look like rows, the sheet is refused, because the other rows are in doubt.
 */
final class CsvFormat implements SheetFormat {
  // Excel's hint, a first line that is no row
  private static final Pattern SEPARATOR_LINE = Pattern.compile("sep=([,;|\t])(?:\r\n|\r|\n)");
  private static final int HINT = 7;
  private static final int MOST_FAULTS = 50;

  /** One of this number of rows may have a fault. */
  private static final int FAULTS_TO_ROWS = 2;

  private final CsvText text;
  private final int maxColumns;
  private final char separator;

  /** The length of Excel's hint; 0: there is none. */
  private final int hint;

  /** How many fields most of the first rows have. */
  private final int columns;

  CsvFormat(CsvText text, SheetLimits limits) throws IOException {
    this.text = text;
    this.maxColumns = limits.maxColumns();
    Matcher line = SEPARATOR_LINE.matcher(start(text));
    boolean hinted = line.lookingAt();
    this.hint = hinted ? line.end() : 0;
    this.separator = hinted ? line.group(1).charAt(0) : CsvSeparator.detect(text);
    this.columns = CsvSeparator.score(text, separator).columns();
  }

  @Override
  public String tab() {
    return "";
  }

  @Override
  public void read(SheetView view, Sheet.RowReader reader) throws IOException {
    try (Reader in = text.open()) {
      in.skip(hint);
      CsvLines lines = new CsvLines(in, separator);
      int number = 0;
      int faults = 0;
      for (CsvLines.Fields fields = lines.next(); fields != null; fields = lines.next()) {
        number++;
        if (swallowsRows(fields)) {
          throw doubt("row " + number + " may contain the rows after it");
        }
        if (fields.fault() != null && ++faults > MOST_FAULTS) {
          throw doubt("more than " + MOST_FAULTS + " rows have a wrong one");
        }
        reader.row(new SheetRow(number, cells(fields.texts()), fields.fault()));
      }
      if (faults > 0 && faults * FAULTS_TO_ROWS > number) {
        throw doubt(faults + " of " + number + " rows have a wrong one");
      }
    }
  }

  @Override
  public void close() {
    // the spool is all there is
  }

  /** Blank cells beyond the columns that a sheet may have are left out. */
  private List<SheetCell> cells(List<String> texts) {
    List<SheetCell> cells = new ArrayList<>(Math.min(texts.size(), maxColumns + 1));
    for (String each : texts) {
      SheetCell cell = SheetCell.text(each);
      if (cells.size() <= maxColumns || !cell.isBlank()) {
        cells.add(cell);
      }
    }
    return cells;
  }

  private static String start(CsvText text) throws IOException {
    try (Reader in = text.open()) {
      char[] start = new char[HINT];
      int read = Math.max(0, in.read(start));
      return new String(start, 0, read);
    }
  }

  /** Whether the lines inside a quoted cell have as many cells as the rows. */
  private boolean swallowsRows(CsvLines.Fields fields) {
    return columns > 1
        && fields.inner().stream()
            .anyMatch(line -> line.chars().filter(c -> c == separator).count() == columns - 1);
  }

  private static SheetException doubt(String how) {
    return SheetException.notASheet(
        "the CSV cannot be split into rows, because of its quotes: " + how);
  }
}
