package dev.millrace.sheet;

import static dev.millrace.sheet.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.mapping.ColumnMapping;
import dev.millrace.sheet.supplier.ItemSink;
import dev.millrace.sheet.supplier.RowProblem;
import dev.millrace.sheet.supplier.SupplierItem;
import dev.millrace.sheet.supplier.SupplierReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One price list as different programs write it: a merged title, texts and numbers with leading
 * zeros, a date, a formula, a hidden row, a formula's error, a hidden tab.
 */
class XlsxWritersTest {
  private static final String OOXML = "http://schemas.openxmlformats.org/";
  private static final String STRICT = "http://purl.oclc.org/ooxml/";

  private static final List<String> ALL =
      List.of(
          "4: 00123 Bolt 19.99",
          "5: 004711 Nut 39.98",
          "6: 4006381333931 Hidden 1.00",
          "7: FORMULA_ERROR Price #DIV/0!");

  /** A program, by the way it writes. */
  enum Writer {
    LIBREOFFICE {
      @Override
      byte[] write() throws IOException {
        return resource("prices-libreoffice-7.xlsx");
      }
    },
    /** Shared texts with runs, spans, and attributes of extensions. */
    EXCEL {
      @Override
      byte[] write() throws IOException {
        return book(
            OOXML + "spreadsheetml/2006/main",
            OOXML + "officeDocument/2006/relationships",
            "<sst><si><t>Preisliste</t></si><si><r><rPr><b/></rPr><t>SK</t></r><r><t>U</t></r></si><si><t>Name</t></si>"
                + "<si><t>Price</t></si><si><t>00123</t></si><si><t>Bolt</t><phoneticPr fontId=\"1\"/></si></sst>",
            """
            <dimension ref="A1:D7"/><sheetFormatPr baseColWidth="10" defaultRowHeight="15" x14ac:dyDescent="0.25"/><sheetData>
            <row r="1" spans="1:4" x14ac:dyDescent="0.25"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"/></row>
            <row r="3" spans="1:4"><c r="A3" t="s"><v>1</v></c><c r="B3" t="s"><v>2</v></c><c r="C3" t="s"><v>3</v></c></row>
            <row r="4" spans="1:4"><c r="A4" t="s"><v>4</v></c><c r="B4" t="s"><v>5</v></c><c r="C4"><v>19.989999999999998</v></c><c r="D4" s="2"><v>45356</v></c></row>
            <row r="5" spans="1:4"><c r="A5" s="1"><v>4711</v></c><c r="B5" t="str"><f>"Nut"</f><v>Nut</v></c><c r="C5"><f>C4*2</f><v>39.979999999999997</v></c></row>
            <row r="6" spans="1:4" hidden="1"><c r="A6"><v>4006381333931</v></c><c r="B6" t="inlineStr"><is><t>Hidden</t></is></c><c r="C6"><v>1</v></c></row>
            <row r="7" spans="1:4"><c r="A7" t="str"><v>E</v></c><c r="B7" t="str"><v>Error</v></c><c r="C7" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>
            </sheetData><mergeCells count="1"><mergeCell ref="A1:D1"/></mergeCells>""");
      }
    },
    /** The error is a text. */
    GOOGLE {
      @Override
      byte[] write() throws IOException {
        return book(
            OOXML + "spreadsheetml/2006/main",
            OOXML + "officeDocument/2006/relationships",
            "<sst count=\"3\" uniqueCount=\"3\"><si><t>Preisliste</t></si><si><t>00123</t></si><si><t>Error</t></si></sst>",
            """
            <sheetPr><outlinePr summaryBelow="0" summaryRight="0"/></sheetPr><sheetViews><sheetView workbookViewId="0"/></sheetViews>
            <sheetFormatPr customHeight="1" defaultColWidth="12.63" defaultRowHeight="15.75"/><sheetData>
            <row r="1"><c r="A1" s="0" t="s"><v>0</v></c></row>
            <row r="3"><c r="A3" t="str"><v>SKU</v></c><c r="B3" t="str"><v>Name</v></c><c r="C3" t="str"><v>Price</v></c></row>
            <row r="4"><c r="A4" s="0" t="s"><v>1</v></c><c r="B4" t="str"><v>Bolt</v></c><c r="C4"><v>19.99</v></c><c r="D4" s="2"><v>45356.0</v></c></row>
            <row r="5"><c r="A5" s="1"><v>4711.0</v></c><c r="B5" t="str"><v>Nut</v></c><c r="C5"><f t="shared" ref="C5" si="1">C4*2</f><v>39.98</v></c></row>
            <row r="6" hidden="1"><c r="A6"><v>4.006381333931E12</v></c><c r="B6" t="str"><v>Hidden</v></c><c r="C6"><v>1.0</v></c></row>
            <row r="7"><c r="A7" t="str"><v>E</v></c><c r="B7" t="s"><v>2</v></c><c r="C7" t="str"><f>1/0</f><v>#DIV/0!</v></c></row>
            </sheetData><mergeCells><mergeCell ref="A1:D1"/></mergeCells><drawing r:id="rId1"/>""");
      }
    },
    /** No shared texts, dates in ISO 8601, truth values as words. */
    STRICT_OOXML {
      @Override
      byte[] write() throws IOException {
        return book(
            STRICT + "spreadsheetml/main",
            STRICT + "officeDocument/relationships",
            "<sst/>",
            """
            <sheetData>
            <row r="1"><c r="A1" t="inlineStr"><is><t>Preisliste</t></is></c></row>
            <row r="3"><c r="A3" t="inlineStr"><is><t>SKU</t></is></c><c r="B3" t="inlineStr"><is><t>Name</t></is></c><c r="C3" t="inlineStr"><is><t>Price</t></is></c></row>
            <row r="4"><c r="A4" t="inlineStr"><is><t>00123</t></is></c><c r="B4" t="inlineStr"><is><t>Bolt</t></is></c><c r="C4"><v>19.99</v></c><c r="D4" s="2" t="d"><v>2024-03-05</v></c></row>
            <row r="5"><c r="A5" s="1"><v>4711</v></c><c r="B5" t="inlineStr"><is><t>Nut</t></is></c><c r="C5"><v>39.98</v></c></row>
            <row r="6" hidden="true"><c r="A6"><v>4006381333931</v></c><c r="B6" t="inlineStr"><is><t>Hidden</t></is></c><c r="C6"><v>1</v></c></row>
            <row r="7"><c r="A7" t="inlineStr"><is><t>E</t></is></c><c r="B7" t="inlineStr"><is><t>Error</t></is></c><c r="C7" t="e"><v>#DIV/0!</v></c></row>
            </sheetData>""");
      }
    };

    abstract byte[] write() throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void workbooks_of_all_writers_read_alike(Writer writer) throws IOException {
    assertThat(read(writer.write(), Map.of())).isEqualTo(ALL);
  }

  @ParameterizedTest
  @EnumSource
  void hidden_rows_are_left_out_by_setting(Writer writer) throws IOException {
    assertThat(read(writer.write(), Map.of("hidden_rows", false)))
        .containsExactly(ALL.get(0), ALL.get(1), ALL.get(3));
  }

  @ParameterizedTest
  @EnumSource
  void a_tab_is_read_by_its_name_even_if_hidden(Writer writer) throws IOException {
    byte[] workbook = writer.write();

    assertThat(read(workbook, Map.of("tab", "preise"))).isEqualTo(ALL);
    assertThat(
            assertFails(
                SheetErrorType.MISSING_COLUMNS, () -> read(workbook, Map.of("tab", "Intern"))))
        .hasMessage("no row looks like a header with: SKU, name, price");
    assertThat(
            assertFails(SheetErrorType.NOT_A_SHEET, () -> read(workbook, Map.of("tab", "Other"))))
        .hasMessage("the XLSX has no worksheet \"Other\"; its tabs are \"Preise\", \"Intern\"");
  }

  /** With the LibreOffice of this machine, where there is one. */
  @ParameterizedTest
  @CsvSource({"Calc MS Excel 2007 XML", "Calc Office Open XML"})
  void the_installed_libreoffice_writes_the_same(String filter, @TempDir Path directory)
      throws IOException, InterruptedException {
    Optional<Path> soffice =
        Stream.of("/usr/bin/soffice", "/usr/local/bin/soffice", "/usr/bin/libreoffice")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(soffice.isPresent(), "LibreOffice is not installed");
    Path source = Files.write(directory.resolve("prices.fods"), resource("prices.fods"));
    Process process =
        new ProcessBuilder(
                soffice.get().toString(),
                "-env:UserInstallation=" + directory.resolve("profile").toUri(),
                "--headless",
                "--convert-to",
                "xlsx:" + filter,
                "--outdir",
                directory.toString(),
                source.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("LibreOffice ended").isTrue();
    } finally {
      process.destroyForcibly();
    }

    assertThat(read(Files.readAllBytes(directory.resolve("prices.xlsx")), Map.of())).isEqualTo(ALL);
  }

  @Test
  void the_date_is_one_in_every_workbook() throws IOException {
    for (Writer writer : Writer.values()) {
      SheetCell date = Tables.xlsx(writer.write()).rows().get(2).cell(3);

      assertThat(date).as("%s", writer).isEqualTo(SheetCell.of(SheetCell.Kind.DATE, "2024-03-05"));
    }
  }

  private static List<String> read(byte[] workbook, Map<String, Object> mapping) {
    List<String> read = new ArrayList<>();
    ItemSink sink =
        new ItemSink() {
          @Override
          public void item(SupplierItem item) {
            read.add("%d: %s %s %s".formatted(item.row(), item.sku(), item.name(), item.price()));
          }

          @Override
          public void problem(RowProblem problem, Optional<String> sku, boolean maybeItem) {
            read.add(
                "%d: %s %s %s"
                    .formatted(problem.row(), problem.code(), problem.column(), problem.value()));
          }
        };
    try (Sheet sheet = Tables.open(workbook, "", "x.xlsx", SheetLimits.DEFAULT)) {
      SupplierReader.read(sheet, ColumnMapping.of(mapping), null, sink);
    }
    return read;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = XlsxWritersTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  /** A workbook with the number formats General, 000000 and a date, and a hidden second tab. */
  private static byte[] book(String main, String relations, String texts, String worksheet)
      throws IOException {
    String head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
    return new XlsxFile()
        .part(
            "_rels/.rels",
            head
                + "<Relationships><Relationship Id=\"rId1\" Type=\"%s/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                    .formatted(relations))
        .part(
            "xl/workbook.xml",
            head
                + "<workbook xmlns=\"%s\" xmlns:r=\"%s\"><sheets><sheet name=\"Preise\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"Intern\" sheetId=\"2\" state=\"hidden\" r:id=\"rId2\"/></sheets></workbook>"
                    .formatted(main, relations))
        .part(
            "xl/_rels/workbook.xml.rels",
            head
                + """
                <Relationships>
                <Relationship Id="rId1" Type="%1$s/worksheet" Target="worksheets/sheet1.xml"/>
                <Relationship Id="rId2" Type="%1$s/worksheet" Target="worksheets/sheet2.xml"/>
                <Relationship Id="rId3" Type="%1$s/styles" Target="styles.xml"/>
                <Relationship Id="rId4" Type="%1$s/sharedStrings" Target="sharedStrings.xml"/>
                </Relationships>"""
                    .formatted(relations))
        .part(
            "xl/styles.xml",
            head
                + "<styleSheet xmlns=\"%s\"><numFmts><numFmt numFmtId=\"164\" formatCode=\"000000\"/><numFmt numFmtId=\"165\" formatCode=\"yyyy\\-mm\\-dd\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/></cellXfs></styleSheet>"
                    .formatted(main))
        .part("xl/sharedStrings.xml", head + texts)
        .part(
            "xl/worksheets/sheet1.xml",
            head + "<worksheet xmlns=\"%s\">".formatted(main) + worksheet + "</worksheet>")
        .part(
            "xl/worksheets/sheet2.xml",
            head
                + "<worksheet xmlns=\"%s\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>internal</v></c></row></sheetData></worksheet>"
                    .formatted(main))
        .bytes();
  }
}
