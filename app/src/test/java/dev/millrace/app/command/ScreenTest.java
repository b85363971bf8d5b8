package dev.millrace.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.log.Output;
import dev.millrace.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private Screen screen(boolean terminal, Map<String, String> environment) {
    return new Screen(Output.visible(bytes), terminal, environment, Moments.here());
  }

  private String printed() {
    String text = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    return text;
  }

  @Test
  void a_state_has_a_colour_on_a_terminal_only_and_not_with_no_color() {
    Table table = new Table("JOB", "STATE", "").row("1", "failed", "").row("2", "completed", "x");
    table.print(screen(false, Map.of()));
    String plain = "JOB  STATE\n1    failed\n2    completed  x\n";
    assertThat(printed()).isEqualTo(plain);
    table.print(screen(true, Map.of("NO_COLOR", "1")));
    assertThat(printed()).isEqualTo(plain);
    table.print(screen(true, Map.of()));
    String coloured = printed();
    assertThat(coloured)
        .contains("\u001b[31mfailed\u001b[0m")
        .contains("\u001b[32mcompleted\u001b[0m");
    assertThat(coloured.replaceAll("\u001b\\[[0-9]+m", "")).isEqualTo(plain);
  }

  @Test
  void text_of_others_cannot_colour_the_screen() {
    new Table("NAME").row("\u001b[31mfailed").print(screen(true, Map.of()));
    assertThat(printed()).contains("\\u001b[31mfailed").doesNotContain("\u001b[31m");
  }

  @Test
  void progress_is_a_bar_on_a_terminal_and_numbers_elsewhere() {
    var half = Json.tree("{\"current\": 5, \"total\": 10}");
    assertThat(screen(true, Map.of()).progress(half)).isEqualTo("[##########..........] 5/10");
    assertThat(screen(false, Map.of()).progress(half)).isEqualTo("5/10");
    var beyond = Json.tree("{\"current\": 12, \"total\": 10}");
    assertThat(screen(true, Map.of()).progress(beyond)).isEqualTo("[####################] 12/10");
    assertThat(screen(true, Map.of()).progress(Json.tree("{\"current\": 5, \"total\": 0}")))
        .isEqualTo("5/0");
    assertThat(screen(true, Map.of()).progress(Json.tree("null"))).isEmpty();
  }
}
