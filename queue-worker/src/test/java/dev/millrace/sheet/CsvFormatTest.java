package dev.millrace.sheet;

import static dev.millrace.sheet.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvFormatTest {
  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t", "|"})
  void the_separator_is_detected(String separator) {
    String csv = "sku,name,price\nA-1,Bolt,3\nA-2,Nut,4\n".replace(",", separator);

    assertThat(texts(read(csv)))
        .containsExactly(
            List.of("sku", "name", "price"),
            List.of("A-1", "Bolt", "3"),
            List.of("A-2", "Nut", "4"));
  }

  @Test
  void decimal_commas_are_not_separators() {
    SheetTable table = read("Artikel-Nr.;Preis\nA-1;12,50\nA-2;1,00\nA-3;2,00\n");

    assertThat(texts(table)).contains(List.of("A-1", "12,50"));
  }

  @Test
  void commas_in_names_are_not_separators() {
    SheetTable table =
        read("Art;Name;Price\nA-1;Disc, vented, 280 mm;1\nA-2;Disc, plain;2\nA-3;Disc;3\n");

    assertThat(texts(table)).contains(List.of("A-1", "Disc, vented, 280 mm", "1"));
  }

  @Test
  void a_title_above_the_header_does_not_hide_the_separator() {
    SheetTable table = read("Price list, spring\n\nArt;Name;Price\nA-1;Bolt;1,5\n");

    assertThat(texts(table)).contains(List.of("A-1", "Bolt", "1,5"));
  }

  @Test
  void the_separator_hint_of_excel_is_used() {
    SheetTable table = read("sep=;\r\nsku;name,long\r\nA;B,C\r\n");

    assertThat(table.rows().get(0).number()).isEqualTo(1);
    assertThat(texts(table)).containsExactly(List.of("sku", "name,long"), List.of("A", "B,C"));
  }

  @Test
  void blank_rows_are_left_out_but_counted() {
    SheetTable table = read("sku,name\n\n , \u00a0\n\"\",\"\"\nA,B\n");

    assertThat(table.rows()).extracting(SheetRow::number).containsExactly(1, 5);
  }

  @Test
  void a_quoted_cell_may_span_lines_and_is_one_row() {
    SheetTable table = read("sku,name\nA,\"two\nlines, \"\"quoted\"\"\"\nB,x\n");

    assertThat(table.rows().get(1).cell(1).text()).isEqualTo("two\nlines, \"quoted\"");
    assertThat(table.rows().get(2).number()).isEqualTo(3);
  }

  @Test
  void blanks_around_quotes_and_rows_of_unequal_length_are_accepted() {
    SheetTable table = read("sku,name,price\nA , \"B, b\" ,1\nC\nD,E,2,extra\n");

    assertThat(texts(table))
        .contains(List.of("A", "B, b", "1"), List.of("C"), List.of("D", "E", "2", "extra"));
  }

  @Test
  void tabs_survive_lenient_quotes() {
    SheetTable table = read("sku\tname\tprice\nA\t\"x\"\t\n\tB\t2\n");

    assertThat(texts(table)).contains(List.of("A", "x"), List.of("", "B", "2"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A,\"open",
        "A,\"Pipe 5\" steel\",2.00",
        "A,\"open\" and more,1",
        "A,\"a \"b\" c\",1",
        "A,\"\"\"open"
      })
  void a_stray_quote_makes_only_its_row_bad(String line) {
    SheetTable table = read("sku,name,price\nX,x,1\n" + line + "\nB,\"b, 2\",2\nC,c,3\n");

    assertThat(table.rows()).extracting(SheetRow::number).containsExactly(1, 2, 3, 4, 5);
    assertThat(table.rows().get(2).problem()).contains("quote");
    assertThat(table.rows().get(2).cell(0).text()).isEqualTo("A");
    assertThat(texts(table)).contains(List.of("B", "b, 2", "2"), List.of("C", "c", "3"));
  }

  @Test
  void a_quote_within_an_unquoted_cell_is_a_character() {
    assertThat(texts(read("sku,name,price\nA,Pipe 5\" steel,2\nB,\"Two \"\"inch\"\" cap\",3\n")))
        .contains(List.of("A", "Pipe 5\" steel", "2"), List.of("B", "Two \"inch\" cap", "3"));
  }

  @Test
  void a_quoted_cell_that_looks_like_rows_refuses_the_sheet() {
    assertFails(
        SheetErrorType.NOT_A_SHEET,
        () -> read("sku,name,price\nA,\"open,1\nB,b,2\nC,c 5\",3\nD,d,4\n"));
  }

  @Test
  void many_stray_quotes_refuse_the_sheet() {
    assertFails(SheetErrorType.NOT_A_SHEET, () -> read("sku,name\n" + "A,\"x\" y\n".repeat(60)));
    assertFails(SheetErrorType.NOT_A_SHEET, () -> read("sku,name\nA,\"x\" y\nB,\"x\" y\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r", "\r\n"})
  void cr_lf_and_crlf_end_a_line(String end) {
    assertThat(texts(read("sku,name\nA,\"two\nlines\"\n\nB,b".replace("\n", end))))
        .containsExactly(List.of("sku", "name"), List.of("A", "two\nlines"), List.of("B", "b"));
  }

  @Test
  void binary_data_is_not_a_sheet() {
    assertFails(SheetErrorType.NOT_A_SHEET, () -> read("a,b\0\1\2"));
  }

  @Test
  void usual_encodings_are_detected() {
    String csv = "sku,name\nA,Größe 5 € – Straße\n";

    assertThat(nameIn(csv.getBytes(StandardCharsets.UTF_8), "")).isEqualTo("Größe 5 € – Straße");
    assertThat(nameIn(("\ufeff" + csv).getBytes(StandardCharsets.UTF_8), ""))
        .isEqualTo("Größe 5 € – Straße");
    assertThat(nameIn(("\ufeff" + csv).getBytes(StandardCharsets.UTF_16LE), ""))
        .isEqualTo("Größe 5 € – Straße");
    assertThat(nameIn(("\ufeff" + csv).getBytes(StandardCharsets.UTF_16BE), ""))
        .isEqualTo("Größe 5 € – Straße");
    assertThat(nameIn(csv.getBytes(StandardCharsets.UTF_16LE), "")).isEqualTo("Größe 5 € – Straße");
    assertThat(nameIn(csv.getBytes(StandardCharsets.UTF_16BE), "")).isEqualTo("Größe 5 € – Straße");
    assertThat(nameIn(csv.getBytes(Charset.forName("windows-1252")), ""))
        .isEqualTo("Größe 5 € – Straße");
    assertThat(
            nameIn(csv.getBytes(Charset.forName("ISO-8859-15")), "text/csv; charset=ISO-8859-15"))
        .contains("Größe 5 €");
    assertThat(nameIn(csv.getBytes(StandardCharsets.UTF_8), "text/csv; charset=no-such-thing"))
        .isEqualTo("Größe 5 € – Straße");
  }

  @Test
  void rows_and_columns_are_limited() {
    SheetLimits small =
        new SheetLimits(
            1_000, 2, 3, SheetLimits.DEFAULT.connectTime(), SheetLimits.DEFAULT.readTime());

    assertFails(SheetErrorType.TOO_LARGE, () -> Tables.csv("a\nb\nc\n", small));
    assertFails(SheetErrorType.TOO_LARGE, () -> Tables.csv("a,b,c,d\n", small));
    assertThat(Tables.csv("a,b,c,,,\n\n\nb\n\n", small).rows()).hasSize(2);
  }

  private static String nameIn(byte[] bytes, String contentType) {
    return Tables.csv(bytes, contentType).rows().get(1).cell(1).text();
  }

  private static SheetTable read(String csv) {
    return Tables.csv(csv);
  }

  private static List<List<String>> texts(SheetTable table) {
    return table.rows().stream()
        .map(row -> row.cells().stream().map(SheetCell::text).toList())
        .toList();
  }
}
