package dev.millrace.sheet;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds the character that separates the fields: the one that gives the first rows the most regular
 * number of fields; of equals the one that gives more columns. Regularity tells the semicolons of a
 * German sheet from its decimal commas.
 */
final class CsvSeparator {
  private static final List<Character> CANDIDATES = List.of(',', ';', '\t', '|');
  private static final int SAMPLE_ROWS = 50;

  private CsvSeparator() {}

  static char detect(CsvText text) throws IOException {
    List<Score> scores = new ArrayList<>();
    for (char candidate : CANDIDATES) {
      scores.add(score(text, candidate));
    }
    return scores.stream()
        .filter(score -> score.columns() > 1)
        .max(Comparator.comparingLong(Score::regularRows).thenComparingInt(Score::columns))
        .map(Score::separator)
        .orElse(',');
  }

  /** The most frequent number of fields, and how many rows have it. */
  record Score(char separator, long regularRows, int columns) {}

  static Score score(CsvText text, char separator) throws IOException {
    Map<Integer, Long> rowsByColumns = new TreeMap<>();
    try (Reader in = text.open()) {
      CsvLines lines = new CsvLines(in, separator);
      for (int row = 0; row < SAMPLE_ROWS; row++) {
        CsvLines.Fields fields = lines.next();
        if (fields == null) {
          break;
        }
        if (fields.fault() == null && fields.texts().size() > 1) {
          rowsByColumns.merge(fields.texts().size(), 1L, Long::sum);
        }
      }
    }
    return rowsByColumns.entrySet().stream()
        .max(Map.Entry.<Integer, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .map(most -> new Score(separator, most.getValue(), most.getKey()))
        .orElse(new Score(separator, 0, 1));
  }
}
