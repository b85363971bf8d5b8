package dev.millrace.sheet;

import static dev.millrace.sheet.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Inputs that are wrong end in one sentence, and give no wrong row before it. */
class HostileInputTest {
  @Test
  void a_line_of_a_gigabyte_is_refused_at_its_millionth_character() {
    InputStream line =
        new InputStream() {
          private int left = 1_000_000_000;

          @Override
          public int read() {
            return left-- > 0 ? 'x' : -1;
          }

          @Override
          public int read(byte[] into, int from, int length) {
            left -= length;
            Arrays.fill(into, from, from + length, (byte) 'x');
            return left > 0 ? length : -1;
          }
        };

    assertFails(
        SheetErrorType.TOO_LARGE,
        () -> SpoolFile.receive(line, SheetLimits.DEFAULT.maxBytes(), "the sheet").close());
    assertThat(
            assertFails(
                SheetErrorType.TOO_LARGE, () -> Tables.csv("SKU\n" + "x".repeat(1_000_001) + "\n")))
        .hasMessage("a line of the CSV has more than 1000000 characters");
  }

  @Test
  void a_hundred_thousand_columns_are_refused() throws IOException {
    assertThat(
            assertFails(
                SheetErrorType.TOO_LARGE, () -> Tables.csv("a,b\n" + "x,".repeat(100_000) + "\n")))
        .hasMessage("a row of the CSV has more than 16384 cells");
    StringBuilder cells = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      cells.append("<c><v>").append(i).append("</v></c>");
    }
    byte[] workbook = XlsxFile.withSheet("<row>" + cells + "</row>").bytes();
    assertThat(assertFails(SheetErrorType.TOO_LARGE, () -> Tables.xlsx(workbook)))
        .hasMessage("row 1 has more than 500 columns");
  }

  @Test
  void the_text_of_one_row_is_limited() throws IOException {
    StringBuilder cells = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      cells.append("<c t=\"inlineStr\"><is><t>");
      for (int j = 0; j < 500; j++) {
        cells.append(i * j).append(' ');
      }
      cells.append("</t></is></c>");
    }
    byte[] workbook = XlsxFile.withSheet("<row>" + cells + "</row>").bytes();

    assertThat(assertFails(SheetErrorType.TOO_LARGE, () -> Tables.xlsx(workbook)))
        .hasMessage("row 1 has more than 1000000 characters");
  }

  @Test
  void ten_thousand_worksheets_are_refused() throws IOException {
    XlsxFile file = XlsxFile.withSheet("");
    for (int i = 0; i < 10_000; i++) {
      file.part("xl/worksheets/sheet" + i + ".xml", "<worksheet/>");
    }
    byte[] workbook = file.bytes();

    assertThat(assertFails(SheetErrorType.TOO_LARGE, () -> Tables.xlsx(workbook)))
        .hasMessage("the XLSX file unpacks to more than 1000 parts");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><worksheet><sheetData><row><c><v>&x;</v></c></row></sheetData></worksheet>",
        "<!DOCTYPE a [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]><worksheet><sheetData><row><c><v>&c;</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c><v>&lol;</v></c></row></sheetData></worksheet>"
      })
  void external_and_nested_entities_refuse_the_sheet(String worksheet) throws IOException {
    byte[] workbook = XlsxFile.of(worksheet).bytes();

    assertFails(SheetErrorType.NOT_A_SHEET, () -> Tables.xlsx(workbook));
  }

  @Test
  void an_absurd_dimension_is_ignored() throws IOException {
    byte[] workbook =
        XlsxFile.of(
                "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData><row r=\"1\"><c r=\"A1\"><v>7</v></c></row></sheetData></worksheet>")
            .bytes();

    assertThat(Tables.xlsx(workbook).rows()).hasSize(1);
  }

  @Test
  void a_part_that_is_longer_than_its_directory_says_is_refused() throws IOException {
    byte[] workbook = XlsxFile.withSheet("<row><c><v>1</v></c></row>".repeat(1_000)).bytes();
    // the unpacked size of the last entry of the directory, the worksheet
    int entry = lastIndexOf(workbook, new byte[] {'P', 'K', 1, 2});
    workbook[entry + 24] = 10;
    workbook[entry + 25] = 0;

    assertThat(assertFails(SheetErrorType.TOO_LARGE, () -> Tables.xlsx(workbook)))
        .hasMessage("the XLSX file unpacks to more than its directory says");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void line_ends_of_all_kinds_may_be_mixed(String second) {
    SheetTable table = Tables.csv("a,b\n1,x" + second + "2,y\r\n3,z\r4,\"q" + second + "r\"");

    assertThat(table.rows())
        .extracting(row -> row.cell(0).text())
        .containsExactly("a", "1", "2", "3", "4");
    assertThat(table.rows().get(4).cell(1).text()).isEqualTo("q\nr");
  }

  @ParameterizedTest
  @CsvSource({"UTF-8", "UTF-16LE", "UTF-16BE"})
  void a_byte_order_mark_is_no_part_of_the_first_cell(String charset) {
    byte[] bytes = "\ufeffSKU;Größe\n1;ß\n".getBytes(Charset.forName(charset));

    assertThat(Tables.csv(bytes, "").rows().get(0).cells())
        .containsExactly(SheetCell.text("SKU"), SheetCell.text("Größe"));
  }

  @ParameterizedTest
  @CsvSource({
    "windows-1251, Масляный фильтр",
    "windows-1253, Φίλτρο λαδιού",
    "Shift_JIS, オイルフィルター",
    "GBK, 机油滤清器",
    "windows-1250, łożysko",
    "IBM850, Größe für Räder",
    "x-MacRoman, Größe",
    "ISO-8859-15, 12 €"
  })
  void a_text_in_another_encoding_is_refused_not_guessed(String charset, String text) {
    byte[] bytes = ("SKU,Name,Price\nA," + text + ",1\n").getBytes(Charset.forName(charset));

    assertThat(assertFails(SheetErrorType.NOT_A_SHEET, () -> Tables.csv(bytes, "")))
        .hasMessage("the CSV is neither UTF-8 nor with certainty Windows-1252; save it as UTF-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Größe 5 € – Straße",
        "L’huile d’œuvre à 12 °C",
        "Señor ¿qué? ¡sí! Nº 5ª",
        "Ø 80 mm × 3 ½” ±2 µm, 5 m²",
        "Ölfilter „Profi“ ® … ÄÖ",
        "smörgåsbord, crème brûlée, naïve Œuvre",
        "100 % — ‘quoted’ · §5 £3"
      })
  void western_text_of_old_windows_programs_is_read(String text) {
    byte[] bytes = ("SKU;Name\nA;" + text + "\n").getBytes(Charset.forName("windows-1252"));

    assertThat(Tables.csv(bytes, "").rows().get(1).cell(1).text()).isEqualTo(text);
  }

  @Test
  void many_shared_texts_are_read_in_any_order() throws IOException {
    int count = 40_000;
    StringBuilder texts = new StringBuilder("<sst>");
    for (int i = 0; i < count; i++) {
      texts.append("<si><t>").append(shared(i)).append("</t></si>");
    }
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < count; i++) {
      rows.append("<row><c t=\"s\"><v>").append(i * 7_919L % count).append("</v></c></row>");
    }
    byte[] workbook =
        XlsxFile.of("<worksheet><sheetData>" + rows + "</sheetData></worksheet>", texts + "</sst>")
            .bytes();

    List<SheetRow> read = Tables.xlsx(workbook).rows();

    assertThat(read).hasSize(count);
    for (int i = 0; i < count; i++) {
      assertThat(read.get(i).cell(0).text()).isEqualTo(shared((int) (i * 7_919L % count)));
    }
  }

  private static String shared(int i) {
    return switch (i % 3) {
      case 0 -> "text " + i;
      case 1 -> "größe " + i + "x".repeat(i % 500);
      default -> "フィルター😀" + i;
    };
  }

  private static int lastIndexOf(byte[] bytes, byte[] pattern) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return text.lastIndexOf(new String(pattern, StandardCharsets.ISO_8859_1));
  }
}
