package dev.millrace.sheet.supplier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumeralTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "12 | 12 | ",
        "007 | 7 | ",
        "12.5 | 12.5 | POINT",
        "12,5 | 12.5 | COMMA",
        "1234.50 | 1234.50 | POINT",
        "1234,567 | 1234.567 | COMMA",
        "0.125 | 0.125 | POINT",
        "0,125 | 0.125 | COMMA",
        ".50 | 0.50 | POINT",
        ",50 | 0.50 | COMMA",
        "1,234.50 | 1234.50 | POINT",
        "1.234,50 | 1234.50 | COMMA",
        "1,234,567 | 1234567 | POINT",
        "1.234.567 | 1234567 | COMMA",
        "1.234.567,8 | 1234567.8 | COMMA",
        "12,345.678 | 12345.678 | POINT",
        "1 234 | 1234 | ",
        "1 234,5 | 1234.5 | COMMA",
        "1\u202f234\u202f567,89 | 1234567.89 | COMMA",
        "1'234.50 | 1234.50 | POINT",
        "1’234’567 | 1234567 | ",
        "12.3456 | 12.3456 | POINT",
        "1,00,000 | 100000 | POINT",
        "12,34,567.50 | 1234567.50 | POINT",
        "1,23,45,678 | 12345678 | POINT"
      })
  void an_unambiguous_numeral_has_one_value(String text, String value, String mark) {
    Numeral numeral = Numeral.parse(text).orElseThrow();

    assertThat(numeral.ambiguous()).isFalse();
    assertThat(numeral.value()).isEqualByComparingTo(value);
    assertThat(numeral.mark().map(Enum::name).orElse(null)).isEqualTo(mark);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,234 | 1234 | 1.234",
        "1.234 | 1.234 | 1234",
        "12.000 | 12 | 12000",
        "999,999 | 999999 | 999.999"
      })
  void one_separator_before_three_digits_is_ambiguous(
      String text, String inPointColumn, String inCommaColumn) {
    Numeral numeral = Numeral.parse(text).orElseThrow();

    assertThat(numeral.ambiguous()).isTrue();
    assertThat(numeral.valueWith(DecimalMark.POINT)).isEqualByComparingTo(inPointColumn);
    assertThat(numeral.valueWith(DecimalMark.COMMA)).isEqualByComparingTo(inCommaColumn);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "12x5",
        "1.23.456",
        "1,23,45",
        "0,23,456",
        "123,45,678",
        "1.234.56",
        "1,2,3",
        "12..5",
        "1 23",
        "12 34,5",
        "1.234,567,8",
        "1,234.567.8",
        "1 234.567,8",
        "1'23",
        "1E5",
        "5.",
        "--5",
        "0,125.5",
        "1234567890123456789012345678901"
      })
  void other_texts_are_no_numerals(String text) {
    assertThat(Numeral.parse(text)).isEmpty();
  }
}
