package dev.millrace.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.app.log.Output;
import dev.millrace.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogLinesTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final LogLines log =
      new LogLines(new Screen(Output.visible(bytes), false, Map.of(), Moments.here()));

  private static JsonNode job(String state, String... messages) {
    ObjectNode job = Json.mapper().createObjectNode().put("id", "7").put("state", state);
    ArrayNode lines = job.putArray("log");
    for (String message : messages) {
      lines
          .addObject()
          .put("attempt", 1)
          .put("at", "2026-11-27T23:30:00Z")
          .put("level", "info")
          .put("message", message);
    }
    return job;
  }

  private List<String> messages(JsonNode job) {
    return log.newLines(job).stream().map(line -> line.replaceFirst(".*] ", "")).toList();
  }

  @Test
  void each_line_is_shown_once_also_when_old_ones_were_cut_off() {
    assertThat(messages(job("processing", "a", "b"))).containsExactly("a", "b");
    assertThat(messages(job("processing", "a", "b"))).isEmpty();
    assertThat(messages(job("processing", "a", "b", "c"))).containsExactly("c");
    assertThat(messages(job("processing", "c", "d", "d"))).containsExactly("d", "d");
    assertThat(messages(job("processing", "x", "y"))).containsExactly("x", "y");
  }

  @Test
  void following_ends_with_the_job_and_its_exit_code_says_how() {
    Deque<JsonNode> answers =
        new ArrayDeque<>(List.of(job("processing", "a"), job("failed", "a", "b")));
    assertThat(log.follow(answers::removeFirst)).isOne();
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .hasSize(3)
        .last()
        .isEqualTo("job 7 failed");
    assertThat(log.follow(() -> job("completed"))).isZero();
  }
}
