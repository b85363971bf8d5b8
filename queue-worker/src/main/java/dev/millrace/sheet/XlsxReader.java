package dev.millrace.sheet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.dhatim.fastexcel.reader.Cell;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.ReadingOptions;
import org.dhatim.fastexcel.reader.Row;
import org.dhatim.fastexcel.reader.Sheet;
import org.dhatim.fastexcel.reader.SheetVisibility;
import org.jspecify.annotations.Nullable;

/**
 * The first visible worksheet of an XLSX file, hidden rows included. Formulas count with the value
 * the file remembers for them.
 */
final class XlsxReader {
  /** Excel computes with 15 digits; what stands behind them in the file is floating-point dust. */
  private static final MathContext EXCEL_DIGITS = new MathContext(15, RoundingMode.HALF_EVEN);

  private XlsxReader() {}

  static SheetTable read(byte[] bytes, SheetLimits limits) {
    XlsxGuard.check(bytes, limits);
    try (ReadableWorkbook workbook =
        new ReadableWorkbook(new ByteArrayInputStream(bytes), new ReadingOptions(false, true))) {
      Sheet sheet =
          workbook
              .getSheets()
              .filter(candidate -> candidate.getVisibility() == SheetVisibility.VISIBLE)
              .findFirst()
              .orElseThrow(() -> SheetContent.notASheet("the XLSX has no visible worksheet"));
      return read(sheet, limits);
    } catch (SheetException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // the library meets a broken file with any exception it happens to run into
      throw new SheetException(SheetErrorType.NOT_A_SHEET, "the XLSX file is broken", e);
    }
  }

  private static SheetTable read(Sheet sheet, SheetLimits limits) throws IOException {
    SheetTableBuilder table = new SheetTableBuilder(limits);
    int number = 0;
    try (Stream<Row> rows = sheet.openStream()) {
      for (Iterator<Row> it = rows.iterator(); it.hasNext(); ) {
        Row row = it.next();
        // where a file leaves the row numbers out, the library counts from 0
        number = Math.max(row.getRowNum(), number + 1);
        table.add(number, cells(row));
      }
    }
    return table.build();
  }

  private static List<SheetCell> cells(Row row) {
    List<SheetCell> cells = new ArrayList<>(row.getCellCount());
    for (int i = 0; i < row.getCellCount(); i++) {
      cells.add(cell(row.getCell(i)));
    }
    return cells;
  }

  private static SheetCell cell(@Nullable Cell cell) {
    if (cell == null || cell.getValue() == null) {
      return SheetCell.BLANK;
    }
    return cell.getValue() instanceof BigDecimal number
        ? number(number)
        : SheetCell.text(cell.getValue().toString());
  }

  private static SheetCell number(BigDecimal stored) {
    BigDecimal number = stored.round(EXCEL_DIGITS).stripTrailingZeros();
    boolean writable = Math.abs((long) number.scale()) <= 30; // 1e999999999 would fill the memory
    return writable
        ? new SheetCell(number.toPlainString(), true)
        : SheetCell.text(number.toString());
  }
}
