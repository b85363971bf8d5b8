package dev.millrace.sheet.supplier;

import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetRow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the header among the first rows of a sheet, one row at a time. Not thread-safe. */
final class HeaderSearch<C extends Enum<C> & Column> {
  /** How many rows may precede the header. */
  private static final int SEARCHED_ROWS = 20;

  private final Class<C> columns;
  private final List<List<C>> required;
  private final Map<C, HeaderText> names;
  private List<List<C>> missing;
  private boolean anyRow;
  private Optional<Integer> closest = Optional.empty();
  private Optional<Header<C>> found = Optional.empty();

  /**
   * @param required groups of columns; a header has at least one of each group
   * @param names what this sheet calls some columns
   */
  HeaderSearch(Class<C> columns, List<List<C>> required, Map<C, HeaderText> names) {
    this.columns = columns;
    this.required = required;
    this.names = names;
    this.missing = required;
  }

  /**
   * Reads the next row.
   *
   * @return the header, if it was in an earlier row: then this row is below it
   * @throws SheetException of type {@link SheetErrorType#MISSING_COLUMNS} at a row that can no
   *     longer be the header
   */
  Optional<Header<C>> next(SheetRow row) {
    anyRow = true;
    if (found.isPresent()) {
      return found;
    }
    if (row.number() > SEARCHED_ROWS) {
      throw missing();
    }
    Header<C> header = Header.of(row, columns, names);
    List<List<C>> missingHere =
        required.stream().filter(group -> group.stream().noneMatch(header::has)).toList();
    if (missingHere.isEmpty()) {
      found = Optional.of(header);
    } else if (missingHere.size() < missing.size()) {
      missing = missingHere;
      closest = Optional.of(row.number());
    }
    return Optional.empty();
  }

  /**
   * The header, after the last row.
   *
   * @throws SheetException of type {@link SheetErrorType#MISSING_COLUMNS} with the missing columns
   *     of the row that has the most, or {@link SheetErrorType#EMPTY_SHEET}
   */
  Header<C> header() {
    if (!anyRow) {
      throw new SheetException(SheetErrorType.EMPTY_SHEET, "the sheet is empty");
    }
    return found.orElseThrow(this::missing);
  }

  private SheetException missing() {
    String columnsMissing =
        missing.stream()
            .map(group -> group.stream().map(this::title).collect(Collectors.joining(" or ")))
            .collect(Collectors.joining(", "));
    String where =
        closest
            .map(row -> "row " + row + " looks like the header but lacks: ")
            .orElse("no row looks like a header with: ");
    return new SheetException(SheetErrorType.MISSING_COLUMNS, where + columnsMissing);
  }

  private String title(C column) {
    HeaderText name = names.get(column);
    return name == null
        ? column.title()
        : column.title() + " (set to " + BadRowException.quote(name.words()) + ")";
  }
}
