package dev.millrace.sheet.supplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetTable;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MasterSheetTest {
  @Test
  void a_supplier_has_all_its_columns() {
    MasterSheet master =
        parse(
            "Code | Supplier | Sheet URL | Currency | Active",
            " NW-1 | Nordwell Ltd.\u00a0 | https://example.org/a.csv | € | no");

    assertThat(master.problems()).isEmpty();
    assertThat(master.suppliers())
        .containsExactly(
            new SupplierConfig(
                "nw-1", "Nordwell Ltd.", URI.create("https://example.org/a.csv"), "EUR", false, 2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Supplier | Sheet URL",
        "Supplier name | Google Sheet",
        "VENDOR | Price list link",
        "Lieferant | Preisliste",
        "Company Name | Link",
        "Supplier code | Feed URL",
        "Fournisseur | URL"
      })
  void header_words_have_synonyms(String header) {
    MasterSheet master = parse("Our suppliers", "", header, "Kestrum | https://example.org/k");

    assertThat(master.suppliers())
        .extracting(SupplierConfig::name, SupplierConfig::row)
        .containsExactly(tuple("Kestrum", 4));
  }

  @ParameterizedTest
  @CsvSource({
    "Müller & Söhne GmbH, muller-sohne-gmbh",
    "  Größe 5 , grosse-5",
    "ACME, acme",
    "(Bexley), bexley"
  })
  void a_supplier_without_a_code_gets_one_from_its_name(String name, String code) {
    MasterSheet master = parse("Supplier | URL", name + " | https://example.org/k");

    assertThat(master.suppliers()).extracting(SupplierConfig::code).containsExactly(code);
  }

  @ParameterizedTest
  @CsvSource({
    "yes, true",
    "x, true",
    "TRUE, true",
    "1, true",
    "'', true",
    "Active, true",
    "No, false",
    "0, false",
    "paused, false",
    "FALSE, false",
    "nein, false"
  })
  void enabled_has_synonyms(String word, boolean enabled) {
    MasterSheet master =
        parse("Supplier | URL | Enabled", "Kestrum | https://example.org/k | " + word);

    assertThat(master.suppliers()).extracting(SupplierConfig::enabled).containsExactly(enabled);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "' | https://example.org/k | | '; the row has neither a name nor a code",
        "'Kestrum | | | '; the row has no sheet URL",
        "'Kestrum | see below | | '; the sheet URL is not an absolute URL",
        "'Kestrum | prices.csv | | '; the sheet URL is not an absolute URL",
        "'Kestrum | https://exa mple.org/?key=secret | | '; the sheet URL is not an absolute URL",
        "'Kestrum | https://example.org/k | dollars? | '; not a currency: \"dollars?\"",
        "'Kestrum | https://example.org/k | | maybe'; enabled must be yes or no: \"maybe\"",
        "'& | https://example.org/k | | '; no name: \"&\""
      })
  void a_bad_row_is_reported_and_the_others_are_used(String row, String reason) {
    MasterSheet master =
        parse("Supplier | URL | Currency | Enabled", row, "Good | https://example.org/g | | ");

    assertThat(master.problems())
        .extracting(RowProblem::row, RowProblem::type, RowProblem::reason)
        .containsExactly(tuple(2, SheetErrorType.BAD_ROW, reason));
    assertThat(master.suppliers()).extracting(SupplierConfig::code).containsExactly("good");
  }

  @Test
  void the_first_row_of_a_repeated_code_is_used() {
    MasterSheet master =
        parse(
            "Code | Supplier | URL",
            "k | Kestrum | https://example.org/1",
            "K  | Kestrum again | https://example.org/2");

    assertThat(master.suppliers()).extracting(SupplierConfig::name).containsExactly("Kestrum");
    assertThat(master.problems())
        .containsExactly(
            new RowProblem(
                3,
                SheetErrorType.DUPLICATE_ROW,
                RowCode.DUPLICATE_KEY,
                "Code",
                "k",
                "repeats \"k\" of row 2, which counts"));
  }

  @Test
  void missing_columns_are_named() {
    SheetException failure =
        catchThrowableOfType(SheetException.class, () -> parse("Supplier | Phone", "a | b"));

    assertThat(failure.type()).isEqualTo(SheetErrorType.MISSING_COLUMNS);
    assertThat(failure).hasMessage("row 1 looks like the header but lacks: sheet URL");
  }

  @Test
  void a_supplier_may_have_its_own_column_mapping() {
    MasterSheet master =
        parse(
            "Supplier | URL | map_sku | map_decimal | Map tab | map_hidden_rows",
            "Kestrum | https://example.org/k | Art.-Nr. | , | Preise | no",
            "Plain | https://example.org/p | | | |",
            "Wrong | https://example.org/w | | comma | |");

    assertThat(master.suppliers())
        .extracting(supplier -> supplier.mapping().fields())
        .containsExactly(
            Map.of("sku", "Art.-Nr.", "decimal", ",", "tab", "Preise", "hidden_rows", false),
            Map.of());
    assertThat(master.problems())
        .extracting(RowProblem::row, RowProblem::code, RowProblem::column, RowProblem::value)
        .containsExactly(tuple(4, RowCode.BAD_MAPPING, "map_decimal", "comma"));
  }

  @Test
  void the_url_of_a_bad_row_is_not_shown() {
    MasterSheet master = parse("Supplier | URL", "Kestrum | http:///k?key=secret");

    assertThat(master.problems())
        .extracting(RowProblem::code, RowProblem::column, RowProblem::value)
        .containsExactly(tuple(RowCode.NOT_A_URL, "URL", null));
  }

  @Test
  void a_supplier_does_not_print_its_url() {
    MasterSheet master = parse("Supplier | URL", "Kestrum | https://example.org/k?key=secret");

    assertThat(master.toString()).contains("example.org").doesNotContain("secret");
  }

  private static MasterSheet parse(String... lines) {
    return MasterSheet.parse(
        SheetTable.ofTexts(
                Arrays.stream(lines)
                    .<List<String>>map(line -> Arrays.asList(line.split("\\|", -1)))
                    .toList())
            .asSheet());
  }
}
