package dev.millrace.sheet;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which character separates the fields: the one that cuts the first rows most regularly, and of
 * equals the one that cuts into more columns. Regularity is what tells the semicolons of a German
 * sheet from its decimal commas.
 */
final class CsvSeparator {
  private static final List<Character> CANDIDATES = List.of(',', ';', '\t', '|');
  private static final int SAMPLE_ROWS = 50;

  private CsvSeparator() {}

  static char detect(String text) {
    return CANDIDATES.stream()
        .map(candidate -> score(text, candidate))
        .filter(score -> score.columns() > 1)
        .max(Comparator.comparingLong(Score::regularRows).thenComparingInt(Score::columns))
        .map(Score::separator)
        .orElse(',');
  }

  /** The most frequent number of fields, and how many rows have it. */
  private record Score(char separator, long regularRows, int columns) {}

  private static Score score(String text, char separator) {
    try (CsvReader<CsvRecord> reader = CsvSheetReader.reader(separator).ofCsvRecord(text);
        Stream<CsvRecord> rows = reader.stream()) {
      Map<Integer, Long> rowsByColumns =
          rows.limit(SAMPLE_ROWS)
              .filter(row -> row.getFieldCount() > 1)
              .collect(Collectors.groupingBy(CsvRecord::getFieldCount, Collectors.counting()));
      return rowsByColumns.entrySet().stream()
          .max(
              Map.Entry.<Integer, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
          .map(most -> new Score(separator, most.getValue(), most.getKey()))
          .orElse(new Score(separator, 0, 1));
    } catch (CsvParseException e) {
      return new Score(separator, 0, 1);
    } catch (IOException e) {
      throw new UncheckedIOException("reading a string", e);
    }
  }
}
