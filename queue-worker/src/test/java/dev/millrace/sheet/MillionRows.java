package dev.millrace.sheet;

import dev.millrace.mapping.ColumnMapping;
import dev.millrace.sheet.supplier.ItemSink;
import dev.millrace.sheet.supplier.RowProblem;
import dev.millrace.sheet.supplier.SupplierItem;
import dev.millrace.sheet.supplier.SupplierReader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A process that writes a sheet of a million items and reads it, and prints what it has read. */
final class MillionRows implements ItemSink {
  static final int ITEMS = 1_000_000;

  private int items;
  private int problems;
  private BigDecimal sum = BigDecimal.ZERO;

  private MillionRows() {}

  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      if (file.toString().endsWith(".csv")) {
        csv(out);
      } else {
        xlsx(out);
      }
    }
    MillionRows read = new MillionRows();
    try (InputStream in = Files.newInputStream(file)) {
      SpoolFile spool = SpoolFile.receive(in, SheetLimits.DEFAULT.maxBytes(), "the sheet");
      SheetVersion version = new SheetVersion(spool.sha256(), null, null);
      try (Sheet sheet =
          new SheetContent(spool, "", file.toString()).open(version, SheetLimits.DEFAULT)) {
        SupplierReader.read(sheet, ColumnMapping.NONE, "EUR", read);
      }
    }
    System.out.printf("%d items, %d problems, %s%n", read.items, read.problems, read.sum);
  }

  @Override
  public void item(SupplierItem item) {
    items++;
    sum = sum.add(item.price());
  }

  @Override
  public void problem(RowProblem problem, Optional<String> sku, boolean maybeItem) {
    problems++;
  }

  private static void csv(OutputStream out) throws IOException {
    text(out, "SKU;Name;Price;Quantity\n");
    for (int i = 0; i < ITEMS; i++) {
      text(out, "NW-" + i + ";\"Brake disc, vented, no. " + i + "\";" + i % 100 + ",50;7\n");
    }
  }

  /** A hundred megabytes of worksheet, and as many texts as rows. */
  private static void xlsx(OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setLevel(Deflater.BEST_SPEED);
    part(zip, "xl/workbook.xml");
    text(zip, "<workbook><sheets><sheet name='s' r:id='r1'/></sheets></workbook>");
    part(zip, "xl/_rels/workbook.xml.rels");
    text(
        zip,
        "<Relationships><Relationship Id='r1' Target='one.xml'/><Relationship Id='r2' Type='x/sharedStrings' Target='texts.xml'/></Relationships>");
    part(zip, "xl/one.xml");
    text(
        zip,
        "<worksheet><sheetData><row r=\"1\"><c t=\"str\"><v>SKU</v></c><c t=\"str\"><v>Name</v></c><c t=\"str\"><v>Price</v></c></row>");
    for (int i = 0; i < ITEMS; i++) {
      int row = i + 2;
      text(
          zip,
          "<row r=\""
              + row
              + "\"><c r=\"A"
              + row
              + "\" t=\"str\"><v>NW-"
              + i
              + "</v></c><c r=\"B"
              + row
              + "\" t=\"s\"><v>"
              + i
              + "</v></c><c r=\"C"
              + row
              + "\"><v>"
              + i % 100
              + ".5</v></c></row>");
    }
    text(zip, "</sheetData></worksheet>");
    part(zip, "xl/texts.xml");
    text(zip, "<sst>");
    for (int i = 0; i < ITEMS; i++) {
      text(zip, "<si><t>Brake disc no. " + i + "</t></si>");
    }
    text(zip, "</sst>");
    zip.closeEntry();
    zip.finish();
  }

  private static void part(ZipOutputStream zip, String name) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
  }

  private static void text(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
