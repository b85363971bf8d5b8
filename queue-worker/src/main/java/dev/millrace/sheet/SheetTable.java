package dev.millrace.sheet;

import java.util.List;
import java.util.stream.IntStream;

/** The rows of one sheet in their order. Blank rows are left out; the others keep their numbers. */
public record SheetTable(List<SheetRow> rows) {
  public SheetTable {
    rows = rows.stream().filter(row -> !row.isBlank()).toList();
  }

  /** A table of text cells, rows numbered from 1: for sources that have no files. */
  public static SheetTable ofTexts(List<List<String>> rows) {
    return new SheetTable(
        IntStream.range(0, rows.size())
            .mapToObj(i -> new SheetRow(i + 1, rows.get(i).stream().map(SheetCell::text).toList()))
            .toList());
  }

  /** The rows as a sheet that needs no source. */
  public Sheet asSheet() {
    return Sheet.of(this, new SheetVersion("0".repeat(64), null, null));
  }
}
