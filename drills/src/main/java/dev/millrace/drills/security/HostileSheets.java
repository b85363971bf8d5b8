package dev.millrace.drills.security;

import dev.millrace.drills.DrillException;
import dev.millrace.drills.testbed.TestBed;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Sheets that would take more memory than a queue worker has if they were kept in it, each within
 * the bytes, rows and columns that a sheet may have, or packed so that it seems to be.
 */
final class HostileSheets {
  private static final int BYTES = 18_000_000;

  /** A sheet may have two hundred million. */
  private static final int MOST_BYTES = 190_000_000;

  private static final Duration TIMEOUT = Duration.ofSeconds(90);
  private static final String ROWS = "<row>" + "<c><v>7</v></c>".repeat(499) + "</row>";

  private final TestBed testBed;
  private final Path directory;

  HostileSheets(TestBed testBed, Path directory) {
    this.testBed = testBed;
    this.directory = directory;
  }

  /** Syncs each alone, beside other jobs, and then all at the same time, again and again. */
  void attack(Attempts attempts, int rounds) {
    List<String> before = workers();
    Map<String, String> suppliers = new LinkedHashMap<>();
    for (Map.Entry<String, Writer> sheet : sheets().entrySet()) {
      suppliers.put(sheet.getKey(), supplier(sheet.getKey(), sheet.getValue()));
      testBed.producer().enqueueEmpty(5);
      ends(attempts, sheet.getKey(), sync(suppliers.get(sheet.getKey())));
    }
    for (int round = 0; round < rounds; round++) {
      List<Long> syncs = new ArrayList<>();
      suppliers.values().forEach(supplier -> syncs.add(sync(supplier)));
      testBed.producer().enqueueEmpty(20);
      syncs.forEach(sync -> ends(attempts, "all at once", sync));
    }
    attempts.expect("sheets that ended a queue worker", before, workers());
  }

  private void ends(Attempts attempts, String what, long job) {
    testBed
        .waits()
        .happens(
            TIMEOUT,
            () ->
                testBed.number(
                        "SELECT count(*) FROM millrace.jobs WHERE id = ? AND finished_at IS NOT NULL",
                        job)
                    == 1);
    attempts.expect(
        "sheets that took more than their share",
        what + ": completed at attempt 1",
        what
            + ": "
            + testBed
                .texts(
                    "SELECT state || ' at attempt ' || attempt || coalesce(': ' || error, '') FROM millrace.jobs WHERE id = ?",
                    job)
                .get(0));
  }

  private List<String> workers() {
    return testBed.processes().workers().stream()
        .map(slot -> slot.name() + " " + slot.pid())
        .toList();
  }

  private long sync(String supplier) {
    return testBed.number(
        "SELECT job_id FROM millrace.enqueue('sync.supplier', jsonb_build_object('supplier_id', ?::text))",
        supplier);
  }

  private String supplier(String name, Writer writer) {
    Path file = directory.resolve(name);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      writer.write(out);
    } catch (IOException e) {
      throw new DrillException("the sheet " + name + " could not be written", e);
    }
    return testBed
        .texts(
            "INSERT INTO public.suppliers (code, name, sheet_url) VALUES (?, ?, ?) RETURNING id::text",
            name,
            name,
            file.toUri().toString())
        .get(0);
  }

  /** Writes a sheet. */
  @FunctionalInterface
  private interface Writer {
    void write(OutputStream out) throws IOException;
  }

  private static Map<String, Writer> sheets() {
    Map<String, Writer> sheets = new LinkedHashMap<>();
    sheets.put(
        "many-cells.xlsx", workbook("<worksheet><sheetData>", ROWS, "</sheetData></worksheet>"));
    sheets.put(
        "long-text.xlsx",
        workbook("<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>", "text ", ""));
    sheets.put("deep.xlsx", workbook("<worksheet>", "<a>", ""));
    sheets.put("attributes.xlsx", workbook("<worksheet><c", " a=\"b\"", "/></worksheet>"));
    sheets.put(
        "digits.xlsx",
        workbook("<worksheet><sheetData><row><c><v>", "1234567890", "</v></c></row>"));
    sheets.put("bomb.xlsx", HostileSheets::bomb);
    sheets.put("separators.csv", out -> repeat(out, "SKU,Name,Price\n", ",,,,,,,,,,"));
    sheets.put("columns.csv", out -> repeat(out, "SKU,Name,Price\n", "a,".repeat(499) + "\n"));
    sheets.put("quote.csv", out -> repeat(out, "SKU,Name,Price\nA,\"", "no end\n"));
    sheets.put("one-line.csv", out -> repeat(out, "SKU,Name,Price\n", "no end ", MOST_BYTES));
    sheets.put("shared-texts.xlsx", HostileSheets::sharedTexts);
    return sheets;
  }

  /** Not packed, so that no ratio gives it away. */
  private static Writer workbook(String before, String piece, String behind) {
    return out -> {
      ZipOutputStream zip = new ZipOutputStream(out);
      zip.setLevel(0);
      entry(
          zip,
          "xl/workbook.xml",
          "<workbook><sheets><sheet name='s' r:id='r1'/></sheets></workbook>");
      entry(
          zip,
          "xl/_rels/workbook.xml.rels",
          "<Relationships><Relationship Id='r1' Target='one.xml'/></Relationships>");
      zip.putNextEntry(new ZipEntry("xl/one.xml"));
      repeat(zip, before, piece);
      zip.write(behind.getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
      zip.finish();
    };
  }

  private static void entry(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }

  /** Two million texts that rows may refer to. */
  private static void sharedTexts(OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    entry(
        zip,
        "xl/workbook.xml",
        "<workbook><sheets><sheet name='s' r:id='r1'/></sheets></workbook>");
    entry(
        zip,
        "xl/_rels/workbook.xml.rels",
        "<Relationships><Relationship Id='r1' Target='one.xml'/><Relationship Id='r2' Type='x/sharedStrings' Target='texts.xml'/></Relationships>");
    entry(zip, "xl/one.xml", "<worksheet><sheetData/></worksheet>");
    zip.putNextEntry(new ZipEntry("xl/texts.xml"));
    zip.write("<sst>".getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < 2_000_000; i++) {
      zip.write("<si><t>text number %d</t></si>".formatted(i).getBytes(StandardCharsets.UTF_8));
    }
    zip.write("</sst>".getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
    zip.finish();
  }

  /** Half a gigabyte of nothing, in half a megabyte. */
  private static void bomb(OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.putNextEntry(new ZipEntry("xl/workbook.xml"));
    byte[] zeros = new byte[1 << 20];
    for (int i = 0; i < 512; i++) {
      zip.write(zeros);
    }
    zip.finish();
  }

  private static void repeat(OutputStream out, String before, String piece) throws IOException {
    repeat(out, before, piece, BYTES);
  }

  private static void repeat(OutputStream out, String before, String piece, int most)
      throws IOException {
    out.write(before.getBytes(StandardCharsets.UTF_8));
    byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
    for (int written = 0; written < most; written += bytes.length) {
      out.write(bytes);
    }
  }
}
