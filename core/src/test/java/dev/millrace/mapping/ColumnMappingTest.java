package dev.millrace.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnMappingTest {
  @Test
  void a_mapping_has_the_fields_that_it_was_made_of() {
    Map<String, Object> fields =
        Map.of(
            "sku",
            "Art.-Nr.",
            "price",
            "VK",
            "decimal",
            ",",
            "tab",
            "Preise",
            "hidden_rows",
            false);

    assertThat(ColumnMapping.of(fields).fields()).isEqualTo(fields);
    assertThat(ColumnMapping.of(Map.of()).isNone()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "skus | x | skus must be one of the fields [sku, name, price, currency, quantity, decimal, tab, hidden_rows], was x",
        "sku | '' | sku must be a text of 1 to 200 characters, was",
        "decimal | ; | decimal must be \".\" or \",\", was ;",
        "decimal | point | decimal must be \".\" or \",\", was point",
        "hidden_rows | yes | hidden_rows must be true or false, was yes",
        "tab | ' ' | tab must be a text of 1 to 200 characters, was"
      })
  void a_wrong_field_is_named_with_its_value(String field, String value, String message) {
    assertThatThrownBy(() -> ColumnMapping.of(Map.of(field, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }
}
