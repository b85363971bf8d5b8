package dev.millrace.sheet.supplier;

import dev.millrace.sheet.SheetCell;
import dev.millrace.sheet.SheetRow;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The row that names the columns, and the place of each column. {@link HeaderSearch} finds it.
 *
 * @param <C> the columns of this kind of sheet
 */
record Header<C extends Enum<C> & Column>(SheetRow row, Map<C, Place> places) {
  private static final int LONGEST_WORDS = 300;

  /**
   * @param rank of the synonym, 0 the best known
   */
  record Place(int index, int rank, Optional<String> currency) {}

  /**
   * The header that a row would be.
   *
   * @param names what the sheet calls some columns; synonyms do not name these
   */
  static <C extends Enum<C> & Column> Header<C> of(
      SheetRow row, Class<C> columns, Map<C, HeaderText> names) {
    Map<C, Place> places = new EnumMap<>(columns);
    for (int i = 0; i < row.cells().size(); i++) {
      if (row.cell(i).text().length() > LONGEST_WORDS) {
        continue; // a text that is no name of a column
      }
      HeaderText text = HeaderText.of(row.cell(i).text());
      for (C column : columns.getEnumConstants()) {
        HeaderText name = names.get(column);
        int rank = name == null ? rank(column.synonyms(), text) : name.equals(text) ? 0 : -1;
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

  boolean has(C column) {
    return places.containsKey(column);
  }

  /** The row's cell in this column, blank if the sheet lacks the column. */
  SheetCell cell(SheetRow row, C column) {
    Place place = places.get(column);
    return place == null ? SheetCell.BLANK : row.cell(place.index());
  }

  /** What the sheet calls the column. */
  String title(Column column) {
    for (Map.Entry<C, Place> known : places.entrySet()) {
      if (known.getKey() == column) {
        return row.cell(known.getValue().index()).text();
      }
    }
    return column.title();
  }

  /** The currency that the column's own header names. */
  Optional<String> currency(C column) {
    return Optional.ofNullable(places.get(column)).flatMap(Place::currency);
  }

  /** Whether a row is below the header and no copy of it, which paged exports contain. */
  boolean precedes(SheetRow candidate) {
    return candidate.number() > row.number() && !candidate.cells().equals(row.cells());
  }

  private static int rank(List<String> synonyms, HeaderText text) {
    int rank = synonyms.indexOf(text.words());
    return rank >= 0 ? rank : synonyms.indexOf(text.wordsWithoutBrackets());
  }
}
