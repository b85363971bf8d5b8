package dev.millrace.sheet;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The rows of one sheet in memory, without blank ones; the others keep their numbers. */
public record SheetTable(List<SheetRow> rows) {
  public SheetTable {
    rows = rows.stream().filter(row -> !row.isBlank()).toList();
  }

  /** A table of text cells, rows numbered from 1. */
  public static SheetTable ofTexts(List<List<String>> rows) {
    return new SheetTable(
        IntStream.range(0, rows.size())
            .mapToObj(i -> new SheetRow(i + 1, rows.get(i).stream().map(SheetCell::text).toList()))
            .toList());
  }

  /** Fetches and reads a whole sheet. */
  public static SheetTable fetch(SheetSource source, URI url) {
    try (Sheet sheet = source.fetch(url, Optional.empty()).orElseThrow()) {
      return of(sheet, SheetView.DEFAULT);
    }
  }

  static SheetTable of(Sheet sheet, SheetView view) {
    List<SheetRow> rows = new ArrayList<>();
    sheet.read(view, rows::add);
    return new SheetTable(rows);
  }

  /** The rows as a sheet that needs no source. */
  public Sheet asSheet() {
    return new Sheet() {
      @Override
      public SheetVersion version() {
        return new SheetVersion("0".repeat(64), null, null);
      }

      @Override
      public String tab() {
        return "";
      }

      @Override
      public void read(SheetView view, RowReader reader) {
        rows.forEach(reader::row);
      }

      @Override
      public void close() {
        // only the heap holds it
      }
    };
  }
}
