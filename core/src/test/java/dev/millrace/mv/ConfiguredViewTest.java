package dev.millrace.mv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfiguredViewTest {
  @Test
  void a_file_names_views_their_settings_and_their_tables() {
    List<ConfiguredView> views =
        ConfiguredView.read(
            """
            {"views": [
              {"view": "mv_feed", "mode": "auto", "max_lag_seconds": 60,
               "watch": [{"source": "public.projects", "columns": ["upvotes"]}, {"source": "b", "method": "counter"}]},
              {"view": "refresh_all()", "covers": ["a", "b"]}]}
            """);
    assertThat(views).hasSize(2);
    assertThat(views.get(0).settings().maxLagSeconds()).isEqualTo(60.0);
    assertThat(views.get(0).settings().debounceSeconds()).isNull();
    assertThat(views.get(0).watches())
        .containsExactly(
            new ViewWatch("public.projects", List.of("upvotes"), "trigger"),
            new ViewWatch("b", null, "counter"));
    assertThat(views.get(1).settings().covers()).containsExactly("a", "b");
  }

  @Test
  void all_mistakes_are_reported_at_once_with_their_place() {
    assertThatThrownBy(
            () ->
                ConfiguredView.read(
                    "{\"views\": [{\"mode\": \"auto\"}, {\"view\": \"a\", \"debounce\": 1},"
                        + " {\"view\": \"b\", \"watch\": [{}]}]}"))
        .hasMessageContaining("views[0]: needs the field 'view'")
        .hasMessageContaining("views[1]: unknown field 'debounce'")
        .hasMessageContaining("views[2]: each watch needs the field 'source'");
    assertThatThrownBy(() -> ConfiguredView.read("[]")).hasMessageContaining("must hold {");
    assertThatThrownBy(() -> ConfiguredView.read("{")).hasMessageContaining("must hold JSON");
  }
}
