package dev.millrace.demo;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;

/** The files suppliers send. */
enum FileKind {
  XLSX("xlsx", ' ', StandardCharsets.UTF_8),
  CSV_COMMA("csv", ',', StandardCharsets.UTF_8),
  CSV_SEMICOLON("csv", ';', Charset.forName("windows-1252")),
  CSV_TAB("csv", '\t', StandardCharsets.UTF_8);

  private final String extension;
  private final char separator;
  private final Charset charset;

  FileKind(String extension, char separator, Charset charset) {
    this.extension = extension;
    this.separator = separator;
    this.charset = charset;
  }

  /**
   * @param rows texts and numbers; an empty row stays empty
   * @param width of the merged first row; 0 for none
   */
  Path write(Path directory, String name, List<List<Object>> rows, int width) throws IOException {
    Path file = directory.resolve(name + "." + extension);
    if (this == XLSX) {
      writeXlsx(file, rows, width);
    } else {
      writeCsv(file, rows);
    }
    return file;
  }

  private void writeCsv(Path file, List<List<Object>> rows) throws IOException {
    try (CsvWriter csv = CsvWriter.builder().fieldSeparator(separator).build(file, charset)) {
      for (List<Object> row : rows) {
        csv.writeRecord(row.stream().map(FileKind::text).toList());
      }
    }
  }

  private static String text(Object value) {
    return value instanceof BigDecimal number ? number.toPlainString() : value.toString();
  }

  private static void writeXlsx(Path file, List<List<Object>> rows, int width) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        Workbook workbook = new Workbook(out, "Millrace", "1.0")) {
      Worksheet sheet = workbook.newWorksheet("Sheet1");
      if (width > 1) {
        sheet.range(0, 0, 0, width - 1).merge();
      }
      for (int r = 0; r < rows.size(); r++) {
        for (int c = 0; c < rows.get(r).size(); c++) {
          Object value = rows.get(r).get(c);
          if (value instanceof Number number) {
            sheet.value(r, c, number);
          } else {
            sheet.value(r, c, value.toString());
          }
        }
      }
    }
  }
}
