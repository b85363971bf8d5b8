package dev.millrace.sheet.supplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.sheet.SheetCell;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PriceTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "12.50 | 12.50 | ",
        "$12.50 | 12.50 | USD",
        "$ 12 | 12 | USD",
        "12$ | 12 | USD",
        "US$ 12.50 | 12.50 | USD",
        "USD12.50 | 12.50 | USD",
        "$.50 | 0.50 | USD",
        "$12.50 USD | 12.50 | USD",
        "$12.50 CAD | 12.50 | CAD",
        "A$12 | 12 | AUD",
        "1.234,50 € | 1234.50 | EUR",
        "1.234,50\u00a0€ | 1234.50 | EUR",
        "€1,234.50 | 1234.50 | EUR",
        "EUR 1 234,50 | 1234.50 | EUR",
        "12 eur | 12 | EUR",
        "12,50 Euro | 12.50 | EUR",
        "12,- € | 12 | EUR",
        "12,– | 12 | ",
        "12.-- | 12 | ",
        "£ 9.99 | 9.99 | GBP",
        "Fr. 12.50 | 12.50 | CHF",
        "CHF 1'234.50 | 1234.50 | CHF",
        "12,50 zł | 12.50 | PLN",
        "¥1,200,000 | 1200000 | JPY",
        "0.00 | 0 | "
      })
  void prices_are_read_in_usual_notations(String text, String value, String currency)
      throws BadRowException {
    PriceText price = PriceText.parse(SheetCell.text(text), null);

    assertThat(price.numeral().value()).isEqualByComparingTo(value);
    assertThat(price.currency().orElse(null)).isEqualTo(currency);
  }

  @ParameterizedTest
  @CsvSource({
    "$12, CAD, CAD",
    "$12, EUR, USD",
    "12 kr, SEK, SEK",
    "12 kr, NOK, NOK",
    "¥12, CNY, CNY"
  })
  void a_shared_currency_sign_follows_its_supplier(String text, String expected, String currency)
      throws BadRowException {
    assertThat(PriceText.parse(SheetCell.text(text), expected).currency()).contains(currency);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "on request",
        "n/a",
        "-",
        "#REF!",
        "12,50 – 14,90",
        "12 per 100",
        "ca. 12",
        "12 kr",
        "12 XYZW",
        "€ 12 USD",
        "$12 £",
        "12 EUR USD",
        "1.2E+3",
        "12 5",
        "12/5",
        "12%"
      })
  void a_text_with_no_or_two_prices_is_refused(String text) {
    assertThatThrownBy(() -> PriceText.parse(SheetCell.text(text), null))
        .isInstanceOf(BadRowException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-12", "- 12.50 €", "€ -12", "−5", "(12.50)", "12.50-"})
  void a_negative_price_is_refused(String text) {
    assertThatThrownBy(() -> PriceText.parse(SheetCell.text(text), null))
        .isInstanceOf(BadRowException.class)
        .hasMessageContaining("negative");
  }

  @Test
  void a_stored_number_is_never_ambiguous() throws BadRowException {
    PriceText price = PriceText.parse(new SheetCell("1.234", true), null);

    assertThat(price.numeral().ambiguous()).isFalse();
    assertThat(price.numeral().value()).isEqualByComparingTo("1.234");
  }

  @Test
  void a_very_long_text_is_refused_quickly() {
    assertThatThrownBy(() -> PriceText.parse(SheetCell.text("1 ".repeat(1_000_000)), null))
        .isInstanceOf(BadRowException.class);
  }
}
