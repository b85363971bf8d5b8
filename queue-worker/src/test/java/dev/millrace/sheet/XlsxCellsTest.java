package dev.millrace.sheet;

import static dev.millrace.sheet.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of a cell by its type and its number format. */
class XlsxCellsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "000000 | 4711 | 004711 | 4711",
        "0000-000 | 1234567 | 1234-567 | 1234567",
        "\"A-\"0000 | 42 | A-0042 | 42",
        "\\A00\\-000 | 1234 | A01-234 | 1234",
        "0000000000000 | 400638133393 | 0400638133393 | 400638133393",
        "0 | 12345678 | 12345678 | 12345678",
        "0.00 | 12.5 | 12.50 | 12.5",
        "0.00 | 12.345 | 12.345 | 12.345",
        "#,##0.00 | 1234.5 | 1234.50 | 1234.5",
        "#,##0 | 1234567 | 1234567 | 1234567",
        "0.## | 12 | 12 | 12",
        "General | 4006381333931 | 4006381333931 | 4006381333931",
        "0.00E+00 | 4006381333931 | 4006381333931 | 4006381333931",
        "@ | 17 | 17 | 17",
        "00;\\-00 | -7 | -07 | -7",
        "0;0 | -7 | 7 | -7",
        "0;-0;\"none\" | 0 | `` | 0",
        "[Red]000 | 7 | 007 | 7",
        "[$€-407]0.00 | 7.5 | €7.50 | 7.5",
        "# ?/? | 0.5 | 1/2 | 0.5",
        "# ??/?? | 1.25 | 1 1/4 | 1.25",
        "# ?/8 | 2.375 | 2 3/8 | 2.375",
        "# ?/? | 0.3 | 3/10 | 0.3",
        "0, | 4711 | `` | 4711",
        "[>100]000 | 4711 | `` | 4711"
      })
  void a_number_is_shown_with_its_zeros_and_literals(
      String format, String stored, String text, String value) throws IOException {
    String shown = text.equals("3/10") ? "0.3" : text; // a tenth needs two digits

    assertThat(number(format, stored, false))
        .isEqualTo(new SheetCell(shown, SheetCell.Kind.NUMBER, value));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "yyyy-mm-dd | 1 | 1900-01-01",
        "yyyy-mm-dd | 59 | 1900-02-28",
        "yyyy-mm-dd | 60 | 1900-02-29",
        "yyyy-mm-dd | 61 | 1900-03-01",
        "dd.mm.yyyy | 45356 | 2024-03-05",
        "d-mmm | 45356 | 2024-03-05",
        "mmm yy | 45356 | 2024-03-05",
        "[$-409]m/d/yy h:mm AM/PM | 45356.5 | 2024-03-05T12:00:00",
        "yyyy-mm-dd hh:mm:ss | 45356.999999 | 2024-03-06T00:00:00",
        "h:mm | 0.25 | 06:00:00",
        "yyyy\"-\"mm | 2958465 | 9999-12-31"
      })
  void a_date_is_shown_in_iso_8601(String format, String stored, String text) throws IOException {
    assertThat(number(format, stored, false)).isEqualTo(SheetCell.of(SheetCell.Kind.DATE, text));
  }

  @Test
  void a_workbook_may_count_days_from_1904() throws IOException {
    assertThat(number("yyyy-mm-dd", "43894", true).text()).isEqualTo("2024-03-05");
    assertThat(number("yyyy-mm-dd", "0", true).text()).isEqualTo("1904-01-01");
  }

  @ParameterizedTest
  @CsvSource({"0%, 0.12, 12%", "0.00%, 0.125, 12.5%", "0%, 1, 100%"})
  void a_percentage_is_no_plain_number(String format, String stored, String text)
      throws IOException {
    assertThat(number(format, stored, false)).isEqualTo(SheetCell.text(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e999999999",
        "1E-999",
        "9999999999999999999999999999999999999999999999",
        "NaN",
        "0x10",
        "1,5",
        "1e31",
        "--1"
      })
  void a_number_out_of_range_is_an_error(String stored) throws IOException {
    SheetCell cell = number("General", stored, false);

    assertThat(cell.kind()).isEqualTo(SheetCell.Kind.ERROR);
    assertThat(cell.text().length()).isLessThan(50);
  }

  @Test
  void negative_days_and_days_after_9999_are_errors() throws IOException {
    assertThat(number("yyyy-mm-dd", "-1", false).kind()).isEqualTo(SheetCell.Kind.ERROR);
    assertThat(number("yyyy-mm-dd", "2958466", false).kind()).isEqualTo(SheetCell.Kind.ERROR);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<is><t>大阪</t><rPh sb=\"0\" eb=\"2\"><t>オオサカ</t></rPh><phoneticPr/></is> | 大阪",
        "<is><r><t>Na</t></r><r><rPr><b/></rPr><t>me</t></r><rPh><t>x</t></rPh></is> | Name",
        "<is><t>a_x0041_b</t></is> | aAb",
        "<is><t>_x005F_x0041_</t></is> | _x0041_",
        "<is><t>_xD83D__xDE00_</t></is> | \ud83d\ude00",
        "<is><t>&lt;&amp;&#65;&#x42;</t></is> | <&AB",
        "<is><t><![CDATA[<a>]]]></t></is> | <a>]",
        "<is><t>a<!-- no --->b</t></is> | ab",
        "<is/> | ''"
      })
  void a_text_is_its_runs_without_guides_and_escapes(String inline, String text)
      throws IOException {
    assertThat(cell("<c r=\"A1\" t=\"inlineStr\">" + inline + "</c>").text()).isEqualTo(text);
  }

  @Test
  void a_line_break_in_a_cell_is_one() throws IOException {
    assertThat(cell("<c r=\"A1\" t=\"inlineStr\"><is><t>one_x000D_\ntwo</t></is></c>").text())
        .isEqualTo("one\r\ntwo");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<c r='A1' t='b'><v>1</v></c> | true | TEXT",
        "<c r='A1' t='b'><v>0</v></c> | false | TEXT",
        "<c r='A1' t='e'><f>1/0</f><v>#DIV/0!</v></c> | #DIV/0! | ERROR",
        "<c r='A1' t='str'><f>A2</f><v>0012</v></c> | 0012 | TEXT",
        "<c r='A1' t='d'><v>2024-03-05T00:00:00</v></c> | 2024-03-05 | DATE",
        "<c r='A1' t='d'><v>2024-03-05T10:30:00Z</v></c> | 2024-03-05T10:30:00 | DATE",
        "<c r='A1' s='999'><v>7</v></c> | 7 | NUMBER",
        "<c r='a1'><v> 7 </v></c> | 7 | NUMBER",
        "<c><v>-0.0</v></c> | 0 | NUMBER"
      })
  void a_cell_has_the_kind_of_its_type(String xml, String text, SheetCell.Kind kind)
      throws IOException {
    SheetCell cell = cell(xml);

    assertThat(cell.text()).isEqualTo(text);
    assertThat(cell.kind()).isEqualTo(kind);
  }

  @Test
  void formulas_without_a_value_and_styled_cells_are_blank() throws IOException {
    assertThat(
            read("<row r='1'><c r='A1'><f>1+1</f></c><c r='B1' s='1'/><c r='C1' t='s'/></row>")
                .rows())
        .isEmpty();
  }

  @Test
  void a_chart_or_dialog_tab_is_skipped() throws IOException {
    byte[] file =
        book(
            "<sheet name='c' sheetId='1' r:id='r1'/><sheet name='d' sheetId='2' r:id='r2'/>"
                + "<sheet name='h' sheetId='3' state='veryHidden' r:id='r3'/><sheet name='s' sheetId='4' r:id='r4'/>",
            List.of(
                "<chartsheet/>",
                "<dialogsheet/>",
                "<worksheet><sheetData><row><c><v>3</v></c></row></sheetData></worksheet>",
                "<worksheet><sheetData><row><c><v>4</v></c></row></sheetData></worksheet>"));

    assertThat(Tables.xlsx(file).rows().get(0).cell(0).text()).isEqualTo("4");
  }

  @Test
  void strict_open_xml_with_prefixes_is_read() throws IOException {
    byte[] file =
        book(
            "<sheet name='s' sheetId='1' r:id='r1'/>",
            List.of(
                "\ufeff<?xml version='1.0' encoding='utf-8'?><x:worksheet xmlns:x='http://purl.oclc.org/ooxml/spreadsheetml/main'>"
                    + "<x:sheetData><x:row r='2'><x:c r='B2' t='inlineStr'><x:is><x:t>ST-1</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>"));

    SheetRow row = Tables.xlsx(file).rows().get(0);

    assertThat(row.number()).isEqualTo(2);
    assertThat(row.cell(1).text()).isEqualTo("ST-1");
  }

  @Test
  void a_repeated_cell_refuses_the_sheet() {
    assertFails(
        SheetErrorType.NOT_A_SHEET,
        () -> read("<row r='1'><c r='A1'><v>1</v></c><c r='A1'><v>2</v></c></row>"));
    assertFails(SheetErrorType.NOT_A_SHEET, () -> read("<row r='2'/><row r='2'/>"));
  }

  private static SheetCell cell(String xml) throws IOException {
    List<SheetRow> rows = read("<row r='1'>" + xml + "</row>").rows();
    return rows.isEmpty() ? SheetCell.BLANK : rows.get(0).cell(0);
  }

  private static SheetTable read(String rows) throws IOException {
    return Tables.xlsx(XlsxFile.withSheet(rows).bytes());
  }

  private static SheetCell number(String format, String stored, boolean from1904)
      throws IOException {
    String code = format.replace("\"", "&quot;").replace("<", "&lt;").replace(">", "&gt;");
    byte[] file =
        new XlsxFile()
            .part(
                "xl/workbook.xml",
                "<workbook><workbookPr date1904='"
                    + from1904
                    + "'/><sheets><sheet name='s' sheetId='1' r:id='r1'/></sheets></workbook>")
            .part(
                "xl/_rels/workbook.xml.rels",
                "<Relationships><Relationship Id='r1' Target='one.xml'/>"
                    + "<Relationship Id='r2' Type='http://purl.oclc.org/ooxml/officeDocument/relationships/styles' Target='styles.xml'/></Relationships>")
            .part(
                "xl/styles.xml",
                "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='"
                    + code.replace("'", "&apos;")
                    + "'/></numFmts><cellStyleXfs><xf numFmtId='9'/></cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='164'/></cellXfs></styleSheet>")
            .part(
                "xl/one.xml",
                "<worksheet><sheetData><row r='1'><c r='A1' s='1'><v>"
                    + stored
                    + "</v></c></row></sheetData></worksheet>")
            .bytes();
    return Tables.xlsx(file).rows().get(0).cell(0);
  }

  private static byte[] book(String tabs, List<String> parts) throws IOException {
    StringBuilder relations = new StringBuilder("<Relationships>");
    XlsxFile file =
        new XlsxFile()
            .part("xl/workbook.xml", "<workbook><sheets>" + tabs + "</sheets></workbook>");
    for (int i = 1; i <= parts.size(); i++) {
      file.part("xl/part" + i + ".xml", parts.get(i - 1));
      relations.append("<Relationship Id='r" + i + "' Target='../xl/part" + i + ".xml'/>");
    }
    return file.part("xl/_rels/workbook.xml.rels", relations + "</Relationships>").bytes();
  }
}
