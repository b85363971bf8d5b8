package dev.millrace.sheet.supplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.mapping.ColumnMapping;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetTable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SupplierReaderTest {
  private final List<SupplierItem> items = new ArrayList<>();
  private final List<RowProblem> problems = new ArrayList<>();

  @Test
  void a_mapping_names_the_columns_that_are_read() {
    read(
        Map.of("sku", "Unser Code", "price", "VK netto (EUR)"),
        "SKU | Unser Code | Name | Price | VK netto (EUR)",
        "wrong | A-1 | Bolt | 9 | 5,50");

    assertThat(items)
        .containsExactly(new SupplierItem("A-1", "Bolt", new BigDecimal("5.50"), "EUR", null, 2));
  }

  @Test
  void a_mapped_column_that_the_sheet_lacks_is_named() {
    assertThatThrownBy(
            () -> read(Map.of("price", "VK netto"), "SKU | Name | Price", "A-1 | Bolt | 9"))
        .isInstanceOf(SheetException.class)
        .hasMessage("row 1 looks like the header but lacks: price (set to \"vk netto\")");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ", | 1.234 | 1234.00",
        ", | 1,234 | 1.234",
        ". | 1,234 | 1234.00",
        ". | 1.234 | 1.234",
        ", | 12,50 | 12.50"
      })
  void a_decimal_mark_that_is_set_decides(String mark, String text, String price) {
    read(Map.of("decimal", mark), "SKU | Name | Price", "A | a | " + text);

    assertThat(items).extracting(SupplierItem::price).containsExactly(new BigDecimal(price));
  }

  @Test
  void a_number_with_the_other_mark_is_refused_when_one_is_set() {
    read(Map.of("decimal", ","), "SKU | Name | Price", "A | a | 12.50", "B | b | 12,50");

    assertThat(items).extracting(SupplierItem::sku).containsExactly("B");
    assertThat(problems)
        .containsExactly(
            new RowProblem(
                2,
                SheetErrorType.BAD_ROW,
                RowCode.NOT_A_NUMBER,
                "Price",
                "12.50",
                "\"12.50\" is not written with the decimal mark that is set for the sheet, comma"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "null",
      value = {
        "'' | n | 1 | '' | '' | MISSING_VALUE | Art | null",
        "4,00638E+12 | n | 1 | '' | '' | LOST_DIGITS | Art | 4,00638E+12",
        "#BEZUG! | n | 1 | '' | '' | FORMULA_ERROR | Art | #BEZUG!",
        "A | #N/A | 1 | '' | '' | FORMULA_ERROR | Name | #N/A",
        "A | n | #WERT! | '' | '' | FORMULA_ERROR | VK | #WERT!",
        "A | n | call | '' | '' | NOT_A_NUMBER | VK | call",
        "A | n | -1 | '' | '' | NEGATIVE | VK | -1",
        "A | n | 1,234 | '' | '' | AMBIGUOUS_NUMBER | VK | 1,234",
        "A | n | 1.12345678 | '' | '' | OUT_OF_RANGE | VK | 1.12345678",
        "A | n | 1 | XYZW | '' | UNKNOWN_CURRENCY | Whg | XYZW",
        "A | n | 1 EUR | USD | '' | CURRENCY_CONFLICT | Whg | USD",
        "A | n | 1 | '' | some | NOT_A_NUMBER | Menge | some",
        "A | n | 1 | '' | #NV | FORMULA_ERROR | Menge | #NV"
      })
  void a_problem_names_its_column_value_and_code(
      String sku,
      String name,
      String price,
      String currency,
      String quantity,
      RowCode code,
      String column,
      @Nullable String value) {
    read(
        Map.of("sku", "Art", "currency", "Whg", "price", "VK"),
        "Art | Name | VK | Whg | Menge",
        String.join(" | ", sku, name, price, currency, quantity));

    assertThat(items).isEmpty();
    assertThat(problems)
        .extracting(RowProblem::row, RowProblem::code, RowProblem::column, RowProblem::value)
        .containsExactly(tuple(2, code, column, value));
  }

  @Test
  void a_value_is_cut_and_its_control_characters_are_shown() {
    read(Map.of(), "SKU | Name | Price", "A | n | a\u0007\u202e" + "x".repeat(200));

    assertThat(problems.get(0).value()).isEqualTo("a\\u0007\\u202e" + "x".repeat(97) + "…");
    assertThat(problems.get(0).reason())
        .isEqualTo("not a price: \"a\\u0007\\u202e" + "x".repeat(37) + "…\"");
  }

  private void read(Map<String, String> mapping, String... lines) {
    SupplierReader.read(
        SheetTable.ofTexts(
                Arrays.stream(lines)
                    .<List<String>>map(line -> Arrays.asList(line.split("\\|", -1)))
                    .toList())
            .asSheet(),
        ColumnMapping.of(mapping),
        null,
        new ItemSink() {
          @Override
          public void item(SupplierItem item) {
            items.add(item);
          }

          @Override
          public void problem(RowProblem problem, Optional<String> sku, boolean maybeItem) {
            problems.add(problem);
          }
        });
  }
}
