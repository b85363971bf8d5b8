package dev.millrace.sheet.supplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.sheet.SheetCell;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetRow;
import dev.millrace.sheet.SheetTable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SupplierSheetTest {
  @Test
  void an_item_has_all_its_columns() {
    SupplierSheet sheet =
        parse("SKU | Name | Price | Currency | Qty", "A-1 | Oil filter | 12.50 | EUR | 7");

    assertThat(sheet.problems()).isEmpty();
    assertThat(sheet.items())
        .containsExactly(
            new SupplierItem("A-1", "Oil filter", new BigDecimal("12.50"), "EUR", 7, 2));
    assertThat(sheet.outcome()).isEqualTo(SheetErrorType.SUCCESS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SKU | Name | Price",
        "sku | TITLE | unit price",
        "Part Number | Description | Net Price",
        "PART NO. | Part Name | List Price (excl. VAT)",
        "Art. No | Product | Price, €",
        "Article # | Item | Price (EUR)",
        "Item #: | Item description | Price/unit",
        "Artikel-Nr. | Bezeichnung | Preis",
        "Artikelnummer | Artikelbezeichnung | Stückpreis",
        "Bestell-Nr | Produkt | Preis in €",
        "Référence | Désignation | Prix unitaire",
        "  Code\u00a0 |  Product   name | Cost [EUR]",
        "№ | x | y | SKU | Name | Price"
      })
  void header_words_have_synonyms(String header) {
    List<String> cells = cells(header);
    List<String> row =
        cells.size() == 3 ? List.of("A", "B", "1") : List.of("", "", "", "A", "B", "1");

    SupplierSheet sheet = SupplierSheet.parse(SheetTable.ofTexts(List.of(cells, row)), null);

    assertThat(sheet.items()).hasSize(1);
  }

  @Test
  void the_header_may_follow_a_title_block() {
    SupplierSheet sheet =
        parse("Nordwell price list", "", "valid from | March", "SKU | Name | Price", "A | B | 1");

    assertThat(sheet.items()).extracting(SupplierItem::row).containsExactly(5);
  }

  @Test
  void a_header_below_row_20_is_not_found() {
    List<String> lines = new ArrayList<>(Collections.nCopies(20, "title"));
    lines.add("SKU | Name | Price");

    assertThat(failure(lines.toArray(String[]::new)).type())
        .isEqualTo(SheetErrorType.MISSING_COLUMNS);
  }

  @Test
  void missing_columns_are_named() {
    assertThat(failure("Date | Driver", "1 | 2"))
        .hasMessage("no row looks like a header with: SKU, name, price");
    assertThat(failure("Title", "SKU | Name | Quantity", "A | B | 1"))
        .hasMessage("row 2 looks like the header but lacks: price");
    assertThat(failure("").type()).isEqualTo(SheetErrorType.EMPTY_SHEET);
  }

  @Test
  void the_more_common_word_wins_the_column() {
    SupplierSheet sheet =
        parse("MPN | SKU | Description | Name | RRP | Price", "m | s | d | n | 9 | 5");

    assertThat(sheet.items())
        .containsExactly(new SupplierItem("s", "n", new BigDecimal("5.00"), null, null, 2));
  }

  @Test
  void a_repeated_header_is_no_row() {
    SupplierSheet sheet =
        parse("SKU | Name | Price", "A | a | 1", "SKU | Name | Price", "B | b | 2");

    assertThat(sheet.items()).extracting(SupplierItem::sku).containsExactly("A", "B");
    assertThat(sheet.problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        " | Name | 1 | 1 | no SKU",
        "A |  | 1 | 1 | no name",
        "A | n |  | 1 | no price",
        "A | n | call us | 1 | not a price: \"call us\"",
        "A | n | -5 | 1 | the price is negative: \"-5\"",
        "A | n | 1.1234567 | 1 | the price has more than 6 decimals",
        "A | n | 1000000000000 | 1 | the price is 10^12 or more",
        "A | n | 1 | some | not a quantity: \"some\"",
        "A | n | 1 | >100 | not a quantity: \">100\"",
        "A | n | 1 | -3 | not a quantity: \"-3\"",
        "A | n | 1 | 2.5 | not a whole quantity: \"2.5\"",
        "A | n | 1 | 3000000000 | not a whole quantity: \"3000000000\"",
      })
  void a_bad_row_is_reported_and_the_others_are_used(
      String sku, String name, String price, String quantity, String reason) {
    SupplierSheet sheet =
        SupplierSheet.parse(
            SheetTable.ofTexts(
                List.of(
                    List.of("SKU", "Name", "Price", "Qty"),
                    List.of("G1", "good", "1", "1"),
                    List.of(nullToBlank(sku), nullToBlank(name), nullToBlank(price), quantity),
                    List.of("G2", "good", "2", "2"))),
            null);

    assertThat(sheet.problems())
        .extracting(RowProblem::row, RowProblem::type, RowProblem::reason)
        .containsExactly(tuple(3, SheetErrorType.BAD_ROW, reason));
    assertThat(sheet.items()).extracting(SupplierItem::sku).containsExactly("G1", "G2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "12,50 | 1.234 | 1234.00",
        "12,50 | 1,234 | 1.234",
        "12.50 | 1,234 | 1234.00",
        "12.50 | 1.234 | 1.234"
      })
  void other_prices_decide_an_ambiguous_one(String witness, String text, String value) {
    SupplierSheet sheet = parse("SKU | Name | Price", "A | a | " + text, "B | b | " + witness);

    assertThat(sheet.items().get(0).price()).isEqualTo(new BigDecimal(value));
  }

  @Test
  void an_ambiguous_price_without_other_prices_is_bad() {
    SupplierSheet sheet =
        parse("SKU | Name | Price", "A | a | 1,234", "B | b | 12", "C | c | 2.345");

    assertThat(sheet.problems())
        .extracting(RowProblem::row, RowProblem::reason)
        .containsExactly(
            tuple(2, "\"1,234\" may mean 1.234 or 1234, and the other prices do not decide it"),
            tuple(4, "\"2.345\" may mean 2.345 or 2345, and the other prices do not decide it"));
  }

  @Test
  void contradictory_prices_decide_no_ambiguous_one() {
    SupplierSheet sheet =
        parse("SKU | Name | Price", "A | a | 1,234", "B | b | 12,50", "C | c | 12.50");

    assertThat(sheet.problems()).extracting(RowProblem::row).containsExactly(2);
    assertThat(sheet.items()).extracting(SupplierItem::sku).containsExactly("B", "C");
  }

  @ParameterizedTest
  @CsvSource({
    "'1,234', 1234",
    "1.234, 1234",
    "'5,00', 5",
    "5.0, 5",
    "1 200, 1200",
    "'1,00,000', 100000"
  })
  void a_quantity_is_whole_so_its_separator_groups(String text, int quantity) {
    SupplierSheet sheet = parse("SKU | Name | Price | Qty", "A | a | 1 | " + text);

    assertThat(sheet.items().get(0).quantity()).isEqualTo(quantity);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "12,50 | 1,000 | 1",
        "12,50 | 25,000 | 25",
        "12,50 | 1.000 | 1000",
        "12.50 | 1,000 | 1000",
        "12.50 | 1.000 | 1",
        "12 | 1,000 | bad",
        "12 | 1.000 | bad",
        "12,50 | 1,250 | bad",
        "12 | 1,250 | 1250"
      })
  void a_quantity_follows_the_marks_of_its_sheet(String price, String text, String quantity) {
    SupplierSheet sheet = parse("SKU | Name | Price | Qty", "A | a | " + price + " | " + text);

    if (quantity.equals("bad")) {
      assertThat(sheet.problems()).hasSize(1);
    } else {
      assertThat(sheet.items().get(0).quantity()).isEqualTo(Integer.valueOf(quantity));
    }
  }

  @Test
  void another_quantity_may_show_the_decimal_mark() {
    SupplierSheet sheet =
        parse("SKU | Name | Price | Qty", "A | a | 12 | 1,000", "B | b | 12 | 2,50,000");

    assertThat(sheet.items()).extracting(SupplierItem::quantity).containsExactly(1000, 250_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"#REF!", "#N/A", "#div/0!", "#BEZUG!", "4.00638E+12", "4,0E+12", "4E+12", "a\0b"})
  void an_unreadable_sku_is_refused(String sku) {
    SupplierSheet sheet =
        SupplierSheet.parse(
            SheetTable.ofTexts(List.of(List.of("SKU", "Name", "Price"), List.of(sku, "a", "1"))),
            null);

    assertThat(sheet.items()).isEmpty();
    assertThat(sheet.unread()).isEqualTo(new SupplierSheet.Unread(Set.of(), 1));
  }

  @Test
  void unread_rows_name_their_items() {
    SupplierSheet sheet =
        parse(
            "SKU | Name | Price",
            "a-1 | a | call",
            "B | | 1",
            " | c | 3",
            " | Section | ",
            "D | d | 4");

    assertThat(sheet.unread()).isEqualTo(new SupplierSheet.Unread(Set.of("A-1", "B"), 1));
    assertThat(sheet.problems()).hasSize(4);
  }

  @Test
  void numbers_stored_as_numbers_are_unchanged() {
    SheetTable table =
        new SheetTable(
            List.of(
                new SheetRow(
                    1,
                    List.of(
                        SheetCell.text("SKU"),
                        SheetCell.text("Name"),
                        SheetCell.text("Price"),
                        SheetCell.text("Qty"))),
                new SheetRow(
                    2,
                    List.of(
                        new SheetCell("4100013", true),
                        SheetCell.text("a"),
                        new SheetCell("1.234", true),
                        new SheetCell("12", true)))));

    assertThat(SupplierSheet.parse(table, null).items())
        .containsExactly(new SupplierItem("4100013", "a", new BigDecimal("1.234"), null, 12, 2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "$5 | GBP | Price (EUR) | USD | bad",
        "5 | GBP | Price (EUR) | USD | GBP",
        "$5 | '' | Price (EUR) | CHF | USD",
        "5 | '' | Price (EUR) | USD | EUR",
        "5 | '' | Price | USD | USD",
        "5 | '' | Price | none | none",
        "$5 | '' | Price | AUD | AUD",
        "$5 | CAD | Price | none | CAD",
        "5 | XXXX | Price | none | bad",
        "£5 | gbp | Price | none | GBP"
      })
  void the_nearest_currency_is_used(
      String price, String column, String header, String supplier, String currency) {
    SupplierSheet sheet =
        SupplierSheet.parse(
            SheetTable.ofTexts(
                List.of(
                    List.of("SKU", "Name", header, "Currency"), List.of("A", "a", price, column))),
            supplier);

    if ("bad".equals(currency)) {
      assertThat(sheet.items()).isEmpty();
      assertThat(sheet.outcome()).isEqualTo(SheetErrorType.BAD_ROW);
    } else {
      assertThat(sheet.items()).extracting(SupplierItem::currency).containsExactly(currency);
    }
  }

  @Test
  void the_first_good_row_of_a_repeated_sku_is_used() {
    SupplierSheet sheet =
        parse(
            "SKU | Name | Price",
            "A-1 | bad | call",
            "A-1 | first | 1",
            "a-1\u00a0 | other | 2",
            "A-1 | first | 1");

    assertThat(sheet.items()).extracting(SupplierItem::name).containsExactly("first");
    assertThat(sheet.problems())
        .extracting(RowProblem::row, RowProblem::type, RowProblem::reason)
        .containsExactly(
            tuple(2, SheetErrorType.BAD_ROW, "not a price: \"call\""),
            tuple(
                4,
                SheetErrorType.DUPLICATE_ROW,
                "repeats \"a-1\" of row 3 with other values; row 3 counts"),
            tuple(5, SheetErrorType.DUPLICATE_ROW, "repeats \"A-1\" of row 3"));
  }

  @Test
  void a_header_without_rows_is_an_empty_sheet() {
    SheetException failure = failure("SKU | Name | Price");

    assertThat(failure.type()).isEqualTo(SheetErrorType.EMPTY_SHEET);
    assertThat(failure).hasMessage("the sheet has no row below its header, which is row 1");
  }

  private static SheetException failure(String... lines) {
    return catchThrowableOfType(SheetException.class, () -> parse(lines));
  }

  private static SupplierSheet parse(String... lines) {
    return SupplierSheet.parse(
        SheetTable.ofTexts(Arrays.stream(lines).map(SupplierSheetTest::cells).toList()), null);
  }

  private static List<String> cells(String line) {
    return Arrays.asList(line.split("\\|", -1));
  }

  private static String nullToBlank(@org.jspecify.annotations.Nullable String text) {
    return text == null ? "" : text;
  }
}
