package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.job.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The log of one job, each line once. The API shows the newest 500 lines. */
final class LogLines {
  private final Screen screen;
  private List<JsonNode> seen = List.of();

  LogLines(Screen screen) {
    this.screen = screen;
  }

  /** The lines of an answer that the one before did not have. */
  List<String> newLines(JsonNode job) {
    List<JsonNode> lines = new ArrayList<>();
    job.path("log").forEach(lines::add);
    List<String> fresh =
        lines.subList(overlap(seen, lines), lines.size()).stream().map(this::text).toList();
    seen = lines;
    return fresh;
  }

  /** How many of the first lines are the end of what was seen: older ones may have been cut off. */
  private static int overlap(List<JsonNode> before, List<JsonNode> now) {
    for (int from = 0; from < before.size(); from++) {
      int shared = before.size() - from;
      if (shared <= now.size()
          && before.subList(from, before.size()).equals(now.subList(0, shared))) {
        return shared;
      }
    }
    return 0;
  }

  private String text(JsonNode line) {
    String at = Moments.read(line, "at").map(screen.moments()::local).orElse("-");
    return at
        + " "
        + cell(line, "level")
        + " [attempt "
        + cell(line, "attempt")
        + "] "
        + line.path("message").asText();
  }

  /** Prints until the job has ended; 0 when it completed, else 1. */
  int follow(Supplier<JsonNode> ask) {
    Every second = Every.second();
    while (true) {
      JsonNode job = ask.get();
      newLines(job).forEach(screen::line);
      JobState state = JobState.of(job.path("state").asText());
      if (state.finished()) {
        screen.line("job " + cell(job, "id") + " " + state.text());
        return state == JobState.COMPLETED ? 0 : 1;
      }
      if (!second.next()) {
        return 1;
      }
    }
  }
}
