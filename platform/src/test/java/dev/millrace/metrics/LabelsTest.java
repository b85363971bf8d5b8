package dev.millrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelsTest {
  private final List<Tags> made = new ArrayList<>();
  private final Labels<Tags> labels =
      new Labels<>(
          List.of("view", "result"),
          tags -> {
            made.add(tags);
            return tags;
          });

  @Test
  void the_same_values_have_one_meter() {
    assertThat(labels.of("orders", "success")).isSameAs(labels.of("orders", "success"));
    assertThat(made).containsExactly(Tags.of("view", "orders", "result", "success"));
  }

  @Test
  void each_label_has_a_bounded_number_of_values() {
    for (int i = 0; i < Labels.MOST_VALUES; i++) {
      labels.of("view" + i, "success");
    }
    Tags other = labels.of("one too many", "success");
    assertThat(other).isEqualTo(Tags.of("view", "other", "result", "success"));
    assertThat(labels.of("and one more", "success")).isSameAs(other);
    assertThat(labels.of("view0", "error")).isEqualTo(Tags.of("view", "view0", "result", "error"));
    assertThat(made).hasSize(Labels.MOST_VALUES + 2);
  }

  @Test
  void a_missing_value_is_refused() {
    assertThatThrownBy(() -> labels.of("orders"))
        .hasMessage("expected a value for each of [view, result], got 1");
  }
}
