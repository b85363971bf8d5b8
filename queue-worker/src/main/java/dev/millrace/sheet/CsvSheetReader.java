package dev.millrace.sheet;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CSV in any of the dialects programs write: see {@link CsvText} and {@link CsvSeparator}. */
final class CsvSheetReader {
  // Excel's own hint, a first line that is not a row
  private static final Pattern SEPARATOR_LINE = Pattern.compile("sep=([,;|\t])\r?\n");

  private CsvSheetReader() {}

  static SheetTable read(String text, SheetLimits limits) {
    if (text.indexOf('\0') >= 0) {
      throw SheetContent.notASheet("got binary data instead of a sheet");
    }
    Matcher hint = SEPARATOR_LINE.matcher(text);
    return hint.lookingAt()
        ? parse(text.substring(hint.end()), hint.group(1).charAt(0), limits)
        : parse(text, CsvSeparator.detect(text), limits);
  }

  private static SheetTable parse(String text, char separator, SheetLimits limits) {
    SheetTableBuilder table = new SheetTableBuilder(limits);
    int number = 0;
    try (CsvReader<CsvRecord> records = reader(separator).ofCsvRecord(text)) {
      for (CsvRecord row : records) {
        number++;
        table.add(number, row.getFields().stream().map(SheetCell::text).toList());
      }
    } catch (CsvParseException e) {
      throw new SheetException(
          SheetErrorType.NOT_A_SHEET, "the CSV breaks off after row " + number + ": quotes?", e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading a string", e);
    }
    return table.build();
  }

  /** Lenient in what sheets get wrong, strict about a quote that would swallow the rest. */
  static CsvReader.CsvReaderBuilder reader(char separator) {
    return CsvReader.builder()
        .fieldSeparator(separator)
        .skipEmptyLines(false)
        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
        .trimWhitespacesAroundQuotes(true)
        .allowUnclosedQuote(false);
  }
}
