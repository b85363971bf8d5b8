package dev.millrace.sheet.supplier;

import dev.millrace.sheet.SheetCell;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetRow;
import dev.millrace.sheet.SheetTable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The row that names the columns, and the place of each column.
 *
 * @param <C> the columns of this kind of sheet
 */
record Header<C extends Enum<C> & Column>(SheetRow row, Map<C, Place> places) {
  /** How many rows may precede the header. */
  private static final int SEARCHED_ROWS = 20;

  private static final int LONGEST_WORDS = 300;

  /**
   * @param rank of the synonym, 0 the best known
   */
  record Place(int index, int rank, Optional<String> currency) {}

  /**
   * @param required groups of columns; a header has at least one of each group
   * @throws SheetException of type {@link SheetErrorType#MISSING_COLUMNS} with the missing columns
   *     of the row that has the most, or {@link SheetErrorType#EMPTY_SHEET}
   */
  static <C extends Enum<C> & Column> Header<C> find(
      SheetTable table, Class<C> columns, List<List<C>> required) {
    if (table.rows().isEmpty()) {
      throw new SheetException(SheetErrorType.EMPTY_SHEET, "the sheet is empty");
    }
    List<List<C>> missing = required;
    Optional<SheetRow> closest = Optional.empty();
    for (SheetRow row : table.rows()) {
      if (row.number() > SEARCHED_ROWS) {
        break;
      }
      Header<C> header = of(row, columns);
      List<List<C>> missingHere =
          required.stream().filter(group -> group.stream().noneMatch(header::has)).toList();
      if (missingHere.isEmpty()) {
        return header;
      }
      if (missingHere.size() < missing.size()) {
        missing = missingHere;
        closest = Optional.of(row);
      }
    }
    throw missing(missing, closest);
  }

  boolean has(C column) {
    return places.containsKey(column);
  }

  /** The row's cell in this column, blank if the sheet lacks the column. */
  SheetCell cell(SheetRow row, C column) {
    Place place = places.get(column);
    return place == null ? SheetCell.text("") : row.cell(place.index());
  }

  /** The currency that the column's own header names. */
  Optional<String> currency(C column) {
    return Optional.ofNullable(places.get(column)).flatMap(Place::currency);
  }

  /** The rows below the header, without the copies of it that paged exports contain. */
  List<SheetRow> rowsBelow(SheetTable table) {
    return table.rows().stream()
        .filter(candidate -> candidate.number() > row.number())
        .filter(candidate -> !candidate.cells().equals(row.cells()))
        .toList();
  }

  private static <C extends Enum<C> & Column> Header<C> of(SheetRow row, Class<C> columns) {
    Map<C, Place> places = new EnumMap<>(columns);
    for (int i = 0; i < row.cells().size(); i++) {
      if (row.cell(i).text().length() > LONGEST_WORDS) {
        continue; // a text that is no name of a column
      }
      HeaderText text = HeaderText.of(row.cell(i).text());
      for (C column : columns.getEnumConstants()) {
        int rank = rank(column, text);
        if (rank >= 0) {
          places.merge(
              column,
              new Place(i, rank, text.currency()),
              (left, right) -> right.rank() < left.rank() ? right : left);
        }
      }
    }
    return new Header<>(row, places);
  }

  private static int rank(Column column, HeaderText text) {
    int rank = column.synonyms().indexOf(text.words());
    return rank >= 0 ? rank : column.synonyms().indexOf(text.wordsWithoutBrackets());
  }

  private static <C extends Column> SheetException missing(
      List<List<C>> groups, Optional<SheetRow> closest) {
    String names =
        groups.stream()
            .map(group -> group.stream().map(Column::title).collect(Collectors.joining(" or ")))
            .collect(Collectors.joining(", "));
    String where =
        closest
            .map(row -> "row " + row.number() + " looks like the header but lacks: ")
            .orElse("no row looks like a header with: ");
    return new SheetException(SheetErrorType.MISSING_COLUMNS, where + names);
  }
}
