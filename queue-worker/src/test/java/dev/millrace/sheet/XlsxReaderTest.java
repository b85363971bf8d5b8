package dev.millrace.sheet;

import static dev.millrace.sheet.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.function.Consumer;
import org.dhatim.fastexcel.VisibilityState;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XlsxReaderTest {
  @Test
  void texts_and_numbers_are_distinguished() throws IOException {
    SheetTable table =
        read(
            sheet -> {
              sheet.value(0, 0, " 00123\u00a0");
              sheet.value(0, 1, 1234.5);
              sheet.value(0, 2, true);
              sheet.inlineString(0, 3, "inline");
            });

    assertThat(table.rows().get(0).cells())
        .containsExactly(
            SheetCell.text("00123"),
            new SheetCell("1234.5", true),
            SheetCell.text("true"),
            SheetCell.text("inline"));
  }

  @ParameterizedTest
  @CsvSource({
    "19.989999999999998, 19.99",
    "0.30000000000000004, 0.3",
    "1.0E7, 10000000",
    "4100013, 4100013",
    "1E-3, 0.001",
    "-0.0, 0"
  })
  void a_stored_number_reads_as_excel_shows_it(String stored, String text) throws IOException {
    SheetTable table = Tables.xlsx(numberCell(stored));

    assertThat(table.rows().get(0).cell(0)).isEqualTo(new SheetCell(text, true));
  }

  @Test
  void a_huge_exponent_does_not_make_a_long_text() throws IOException {
    SheetTable table = Tables.xlsx(numberCell("1e999999999"));

    assertThat(table.rows().get(0).cell(0))
        .isEqualTo(SheetCell.of(SheetCell.Kind.ERROR, "1e999999999"));
  }

  @Test
  void rows_keep_the_numbers_their_author_sees() throws IOException {
    SheetTable table =
        read(
            sheet -> {
              sheet.range(0, 0, 0, 3).merge();
              sheet.value(0, 0, "A title");
              sheet.value(3, 1, "x");
              sheet.value(4, 0, " ");
              sheet.value(9, 0, "y");
            });

    assertThat(table.rows()).extracting(SheetRow::number).containsExactly(1, 4, 10);
    assertThat(table.rows().get(1).cell(0).isBlank()).isTrue();
    assertThat(table.rows().get(1).cell(7).isBlank()).isTrue();
  }

  @Test
  void rows_without_numbers_are_counted() throws IOException {
    byte[] file =
        XlsxFile.withSheet("<row><c><v>1</v></c></row><row/><row><c><v>3</v></c></row>").bytes();

    assertThat(Tables.xlsx(file).rows()).extracting(SheetRow::number).containsExactly(1, 3);
  }

  @Test
  void a_formula_has_its_stored_value() throws IOException {
    byte[] file =
        XlsxFile.withSheet(
                "<row r=\"1\"><c r=\"A1\"><f>1+1</f><v>2</v></c>"
                    + "<c r=\"B1\" t=\"str\"><f>\"a\"</f><v>a</v></c>"
                    + "<c r=\"C1\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c></row>")
            .bytes();

    assertThat(Tables.xlsx(file).rows().get(0).cells())
        .containsExactly(
            new SheetCell("2", true),
            SheetCell.text("a"),
            SheetCell.of(SheetCell.Kind.ERROR, "#DIV/0!"));
  }

  @Test
  void hidden_worksheets_are_skipped() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Workbook workbook = new Workbook(out, "test", "1.0")) {
      Worksheet hidden = workbook.newWorksheet("lookup");
      hidden.value(0, 0, "hidden");
      hidden.setVisibilityState(VisibilityState.HIDDEN);
      workbook.newWorksheet("prices").value(0, 0, "visible");
    }

    SheetTable table = Tables.xlsx(out.toByteArray());

    assertThat(table.rows().get(0).cell(0).text()).isEqualTo("visible");
  }

  @Test
  void a_truncated_file_is_refused() throws IOException {
    byte[] whole = bytes(sheet -> sheet.value(0, 0, "x"));

    assertFails(
        SheetErrorType.NOT_A_SHEET, () -> Tables.xlsx(Arrays.copyOf(whole, whole.length / 2)));
  }

  @Test
  void another_kind_of_archive_is_not_a_sheet() throws IOException {
    byte[] archive = new XlsxFile().part("readme.txt", "hello").bytes();

    assertFails(SheetErrorType.NOT_A_SHEET, () -> Tables.xlsx(archive));
  }

  @Test
  void a_zip_bomb_is_refused_before_it_is_unpacked() throws IOException {
    byte[] bomb = XlsxFile.withSheet("").part("xl/media/a.bin", new byte[30_000_000]).bytes();

    assertThat(bomb.length).isLessThan(100_000);
    assertThat(assertFails(SheetErrorType.TOO_LARGE, () -> Tables.xlsx(bomb)))
        .hasMessageContaining("100 times its size");
  }

  @Test
  void the_sum_of_all_parts_is_limited() throws IOException {
    SheetLimits small =
        new SheetLimits(
            100_000, 10, 10, SheetLimits.DEFAULT.connectTime(), SheetLimits.DEFAULT.readTime());
    XlsxFile file = XlsxFile.withSheet("");
    for (int i = 0; i < 3; i++) {
      file.part("part" + i, new byte[400_000]);
    }
    byte[] bytes = file.bytes();

    assertFails(SheetErrorType.TOO_LARGE, () -> Tables.xlsx(bytes, small));
  }

  @Test
  void the_number_of_parts_is_limited() throws IOException {
    XlsxFile file = XlsxFile.withSheet("");
    for (int i = 0; i < 1_001; i++) {
      file.part("part" + i, "");
    }
    byte[] bytes = file.bytes();

    assertFails(SheetErrorType.TOO_LARGE, () -> Tables.xlsx(bytes));
  }

  @ParameterizedTest
  @CsvSource({
    "'<c r=\"ZZZZZZ1\"><v>1</v></c>'",
    "'<c r=\"A1\" t=\"s\"><v>2000000000</v></c>'",
    "'<c r=\"A1\" t=\"s\"><v>1</v></c>'",
    "'<c r=\"A1\" t=\"s\"><v><x/>2000000000</v></c>'",
    "'<c r=\"A1\" t=\"nonsense\"><v>1</v></c>'"
  })
  void a_cell_that_would_exhaust_the_library_is_refused(String cell) throws IOException {
    byte[] file = XlsxFile.withSheet("<row r=\"1\">" + cell + "</row>").bytes();

    assertFails(SheetErrorType.NOT_A_SHEET, () -> Tables.xlsx(file));
  }

  @Test
  void entities_are_not_expanded() throws IOException {
    byte[] file =
        XlsxFile.withSheet("")
            .part(
                "xl/workbook2.xml",
                "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><a>&x;</a>")
            .bytes();

    assertThat(Tables.xlsx(file).rows()).isEmpty();
  }

  @Test
  void shared_texts_are_read() throws IOException {
    byte[] file = XlsxFile.withSheet("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>").bytes();

    assertThat(Tables.xlsx(file).rows().get(0).cell(0).text()).isEqualTo("shared");
  }

  @Test
  void rows_are_limited() throws IOException {
    SheetLimits small =
        new SheetLimits(
            100_000, 2, 10, SheetLimits.DEFAULT.connectTime(), SheetLimits.DEFAULT.readTime());
    byte[] file =
        bytes(
            sheet -> {
              for (int i = 0; i < 3; i++) {
                sheet.value(i, 0, BigDecimal.valueOf(i));
              }
            });

    assertFails(SheetErrorType.TOO_LARGE, () -> Tables.xlsx(file, small));
  }

  private static byte[] numberCell(String stored) throws IOException {
    return XlsxFile.withSheet("<row r=\"1\"><c r=\"A1\"><v>" + stored + "</v></c></row>").bytes();
  }

  private static SheetTable read(Consumer<Worksheet> content) throws IOException {
    return Tables.xlsx(bytes(content));
  }

  private static byte[] bytes(Consumer<Worksheet> content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Workbook workbook = new Workbook(out, "test", "1.0")) {
      content.accept(workbook.newWorksheet("Sheet1"));
    }
    return out.toByteArray();
  }
}
